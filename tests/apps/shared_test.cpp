// What the programs have in common: numbers, and text of unknown origin.

#include <weir/connectors/csv/file_reader.hpp>

#include <doctest/doctest.h>
#include <shared/header.hpp>
#include <shared/numbers.hpp>
#include <shared/printable.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace weir_apps;

TEST_CASE("a whole number is decimal digits, and one that is too large is refused") {
    CHECK(parse_whole("0") == 0);
    CHECK(parse_whole("010") == 10);
    CHECK(parse_whole("18446744073709551615") == 18'446'744'073'709'551'615u);
    for (const char* text : {"", "18446744073709551616", "1e3", "0x1F", "-1", "+1", " 1", "1 "}) {
        CHECK_MESSAGE(!parse_whole(text), text);
    }
    CHECK(check_number("18446744073709551616", {}) ==
          "must be at most 18446744073709551615, not 18446744073709551616");
    CHECK(check_number("99999999999999999999", {.least = 0, .most = 5}) ==
          "must be at most 5, not 99999999999999999999");
    CHECK(check_number("0", {.least = 1}) == "must be at least 1, not 0");
    CHECK(check_number("", {}) == "must be a whole number, not ''");
    CHECK(check_number("5", {.least = 1, .most = 5}).empty());
}

TEST_CASE("what a terminal would obey is shown and not printed") {
    CHECK(printable("a\x1b[2J\n\r\t\x7f\x01") == "a\\x1b[2J\\n\\r\\t\\x7f\\x01");
    CHECK(printable("\xC2\x9B"
                    "2J") == "\\u009b2J");  // CSI in one character
    CHECK(printable("\xE2\x80\xAE"
                    "x") == "\\u202ex");  // from right to left
    CHECK(printable("J\xFCrgen \xC3\xBC \xE2\x82\xAC") == "J\\xfcrgen \xC3\xBC \xE2\x82\xAC");
    std::string memory;
    CHECK(printable("plain", memory) == "plain");
    CHECK(memory.empty());
    CHECK(printable("a\tb", memory) == "a\\tb");
    CHECK(as_utf8("J\xFCrgen\n") == "J\xEF\xBF\xBDrgen\n");
}

TEST_CASE("a header that lacks columns is quoted, with what is likely to be wrong with it") {
    const std::array<std::string_view, 2> wanted = {"name", "age"};
    using header = std::vector<std::string>;
    const auto fault = [&](header names, const header_rules& rules) {
        try {
            find_named("x.csv", weir::csv::columns(std::move(names)), wanted, rules);
        } catch (const weir::csv::file_error& e) {
            return std::string(e.what());
        }
        return std::string();
    };
    const header_rules own{',', "--delimiter"};
    CHECK(find_named("x", weir::csv::columns(header{"age", "x", "name", "x"}), wanted) ==
          std::vector<std::size_t>{2, 0});
    CHECK(fault({"name;age"}, own) ==
          "x.csv: the header lacks \"name\", \"age\": it must name \"name\", \"age\", and names "
          "\"name;age\"; ';' seems to separate its fields: say --delimiter ';'");
    CHECK(fault({"name\tage"}, {})
              .ends_with("; '\\t' seems to separate its fields, and it must be "
                         "','"));
    CHECK(fault({"name", "age", "age"}, own) == "x.csv: the header names \"age\" twice");
    CHECK(fault({"name", " Age"}, own)
              .ends_with("\" Age\" is not \"age\": spaces and capitals count"));
    CHECK(fault({"name", std::string("a\0g\0", 4)}, own).ends_with("UTF-8"));
    CHECK(fault(header(30, std::string(1'000, 'x')), own).size() < 3'000);
}
