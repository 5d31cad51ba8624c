// Windows of time in the groups of a group_by: they say when they begin and end, and are aligned.

#include <weir/aggregates/count.hpp>
#include <weir/operators/group_by.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/tumbling.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/seeded_context.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;

namespace {

using weir::clock;

/// What came of a window, in milliseconds of the clock.
struct line {
    int group;
    long long begin;
    long long end;
    std::uint64_t n;

    friend bool operator==(const line&, const line&) = default;
};

long long ms(clock::time_point t) {
    return t.time_since_epoch() / 1ms;
}

/// The windows of a second of two sensors, of which the second begins later.
std::vector<line> windows(bool aligned) {
    seeded_context ctx(1);
    ctx.time().advance(300ms);
    script<int> source;
    source.give(1).at(600ms).give(2).at(900ms).give(1).at(1100ms).give({1, 2});
    source.at(5000ms).give(1).end();
    const weir::window_times times{.period = 1s, .aligned = aligned};
    auto make = [times](int sensor) {
        auto tag = [sensor](weir::timed_window<std::uint64_t> w) {
            return line{sensor, ms(w.begin), ms(w.end), w.value};
        };
        return weir::tumbling(times, weir::agg::count()) | weir::map(tag);
    };
    weir::any_stream<line> out =
        source.stream() | weir::group_by(std::identity(), {.max_groups = 10}, make);
    std::vector<line> seen;
    auto result =
        start(ctx, std::move(out) | weir::for_each([&seen](const line& l) { seen.push_back(l); }));
    ctx.run();
    result->get();
    return seen;
}

}  // namespace

TEST_CASE("aligned windows of all groups begin and end at the same times") {
    // Items come at 300, 900, 1200, 1400 and 5300 ms of the clock.
    CHECK(windows(true) == std::vector<line>{{1, 0, 1000, 1},
                                             {2, 0, 1000, 1},
                                             {1, 1000, 2000, 2},
                                             {2, 1000, 2000, 1},
                                             {1, 5000, 6000, 1}});
}

TEST_CASE("others begin with the first item of their group, and say so") {
    CHECK(windows(false) ==
          std::vector<line>{
              {1, 300, 1300, 2}, {2, 900, 1900, 2}, {1, 1300, 2300, 1}, {1, 5300, 6300, 1}});
}

TEST_CASE("windows with times must have a length, too") {
    const weir::window_times none{.period = 0s};
    CHECK_THROWS_AS(weir::tumbling(none, weir::agg::count()), std::invalid_argument);
}
