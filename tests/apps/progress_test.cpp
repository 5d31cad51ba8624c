#include "weir-load/progress.hpp"

#include <doctest/doctest.h>

#include <string>

#include "weir-load/text.hpp"

using namespace weir_load;

TEST_CASE("The bar tells the share of bytes read, rows, their rate and the time left") {
    load_state state;
    state.rows = 1'000'000;
    state.bytes = 25;
    state.total_bytes = 100;
    state.seconds = 2;
    const std::string line = bar_line(state, 100);
    CHECK(
        line ==
        "[##########..............................]  25 %  1,000,000 rows  500,000/s  6.00 s left");
    state.rejected = 3;
    CHECK(bar_line(state, 120).find("3 rejected") != std::string::npos);
}

TEST_CASE("The bar fits its terminal, however narrow") {
    load_state state;
    state.rows = 123'456'789;
    state.bytes = 1;
    state.total_bytes = 3;
    state.seconds = 1;
    for (std::size_t width = 1; width < 200; ++width) {
        CAPTURE(width);
        CHECK(bar_line(state, width).size() < width + 1);
    }
}

TEST_CASE("Where the size is not known the bar tells the time gone by") {
    load_state state;
    state.rows = 10;
    state.seconds = 5;
    CHECK(bar_line(state, 80) == "10 rows  2/s  5.00 s");
    CHECK(json_members(state) ==
          R"("rows":10,"rejected":0,"bytes":0,"total_bytes":null,"seconds":5.000,)"
          R"("rows_per_second":2,"seconds_left":null)");
}

TEST_CASE("Numbers and times read well") {
    CHECK(grouped(0) == "0");
    CHECK(grouped(999) == "999");
    CHECK(grouped(1'000) == "1,000");
    CHECK(grouped(12'345'678) == "12,345,678");
    CHECK(counted(1, "row", "rows") == "1 row");
    CHECK(counted(2, "row", "rows") == "2 rows");
    CHECK(duration(0.4) == "0.40 s");
    CHECK(duration(59.4) == "59 s");
    CHECK(duration(245) == "4 min 5 s");
    CHECK(duration(7'380) == "2 h 3 min");
}

TEST_CASE("Text in JSON is escaped, and always UTF-8") {
    CHECK(json_string("M\xfcller \xf0\x9f\x98z") == "\"M\uFFFDller \uFFFDz\"");
    CHECK(json_string("a \"b\" \\ \n ü") == R"("a \"b\" \\ \u000a ü")");
}
