// A program that has weir's sources fetched by CMake, and links the CSV connector.
#include <weir/connectors/csv/dialect.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sources/from_range.hpp>

#include <vector>

int main() {
    weir::runtime rt(1);
    const auto n = rt.run(weir::from_range(std::vector<int>{1, 2, 3}) | weir::count());
    return n == 3 && weir::csv::validate(weir::csv::dialect{}).ok() ? 0 : 1;
}
