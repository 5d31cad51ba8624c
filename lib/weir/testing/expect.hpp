/// Expectations that need no test framework.
#pragma once

#include <weir/core/error.hpp>

#include <source_location>
#include <sstream>
#include <stdexcept>
#include <string>

namespace weir::testing {

/// What the kit throws when something did not happen as the test expects. Every test framework
/// shows the text of such an exception: it names the place, what was expected and what came.
class expectation_error : public weir::error {
public:
    using weir::error::error;
};

/// Throws `expectation_error` with `what` and the place of the call unless `holds`.
///
///     weir::testing::expect(seen == sent, "every item arrives, in order");
void expect(bool holds, const std::string& what,
            std::source_location where = std::source_location::current());

namespace detail {

/// Throws it.
[[noreturn]] void fail_expectation(const std::string& what, std::source_location where);

}  // namespace detail

/// `x` for a message: as `<<` writes it; "an item" where it has no `<<`.
template <class T>
std::string show(const T& x) {
    if constexpr (requires(std::ostringstream& out) { out << x; }) {
        std::ostringstream out;
        out << x;
        return std::move(out).str();
    } else {
        return "an item";
    }
}

}  // namespace weir::testing
