#include <weir/testing/expect.hpp>

namespace weir::testing {

void detail::fail_expectation(const std::string& what, std::source_location where) {
    throw expectation_error(std::string(where.file_name()) + ":" + std::to_string(where.line()) +
                            ": " + what);
}

void expect(bool holds, const std::string& what, std::source_location where) {
    if (!holds) detail::fail_expectation(what, where);
}

}  // namespace weir::testing
