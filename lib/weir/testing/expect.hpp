/// expect: expectations without a test framework.
#pragma once

#include <weir/core/error.hpp>

#include <source_location>
#include <sstream>
#include <stdexcept>
#include <string>

namespace weir::testing {

/// The error that the test kit throws when an expectation fails. Every test framework shows the
/// text of such an exception. The text contains the source location, the expected value and the
/// actual one.
class expectation_error : public weir::error {
public:
    using weir::error::error;
};

/// Throws `expectation_error` with `what` and the caller's source location unless `holds`.
///
///     weir::testing::expect(seen == sent, "every item arrives, in order");
void expect(bool holds, const std::string& what,
            std::source_location where = std::source_location::current());

namespace detail {

/// Throws `expectation_error`.
[[noreturn]] void fail_expectation(const std::string& what, std::source_location where);

}  // namespace detail

/// `x` for a message: printed with `<<`, or "an item" if it has no `<<`.
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
