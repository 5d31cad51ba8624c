// Lengths of time on the command line.

#include <doctest/doctest.h>
#include <shared/duration.hpp>

#include <chrono>

using weir_apps::parse_duration;
using namespace std::chrono_literals;

TEST_CASE("a length of time is a whole number and its unit") {
    CHECK(parse_duration("500ms") == 500ms);
    CHECK(parse_duration("2s") == 2s);
    CHECK(parse_duration("1m") == 1min);
    CHECK(parse_duration("24h") == 24h);
    CHECK(parse_duration("0s") == 0s);
}

TEST_CASE("what is no length of time, or a length of years, is nothing") {
    for (const char* text : {"", "5", "s", "1.5s", "-1s", "+1s", "1 s", "1d", "2ss", "s2",
                             "4294967295h", "99999999999s"}) {
        CHECK_MESSAGE(!parse_duration(text), text);
    }
}
