// A program of someone else's: it sees only what weir hands out to its users.
#include <weir/connectors/csv/dialect.hpp>
#include <weir/connectors/sqlite/database.hpp>
#include <weir/operators/filter.hpp>
#include <weir/operators/map.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/version.hpp>

#include <iostream>
#include <string_view>
#include <vector>

int main() {
    if (weir::library_version() != std::string_view(weir::version)) {
        std::cerr << "headers and library are of different versions\n";
        return 1;
    }

    weir::runtime rt(1);
    const std::vector<int> squares =
        rt.run(weir::from_range(std::vector<int>{1, 2, 3, 4}) |
               weir::filter([](int x) { return x % 2 == 0; }) |
               weir::map([](int x) { return x * x; }) | weir::to<std::vector>());
    if (squares != std::vector<int>{4, 16}) {
        std::cerr << "the pipeline came out wrong\n";
        return 1;
    }

    if (!weir::csv::validate(weir::csv::dialect{}).ok()) {
        std::cerr << "the default CSV dialect is refused\n";
        return 1;
    }

    weir::sqlite::database db(weir::sqlite::in_memory);
    db.exec("CREATE TABLE t(x)");
    return db.row_count("t") == 0 ? 0 : 1;
}
