// batch by weight, and by any of count, weight and time.

#include <weir/operators/batch.hpp>
#include <weir/operators/map.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/probe_sink.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/items.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;
using in = weir::any_stream<move_only>;
using texts = std::vector<std::string>;
using ints = std::vector<int>;

namespace {

std::string all(std::vector<move_only> xs) {
    std::string s;
    for (const move_only& x : xs) s += std::to_string(x.value());
    return s;
}

int itself(int x) {
    return x;
}

}  // namespace

TEST_CASE("a batch goes on when it weighs enough, or before it would weigh too much") {
    examine({.apply =
                 [](in s, probe call) {
                     auto weigh = [call](const move_only& x) { return call(), x.value(); };
                     return std::move(s) |
                            weir::batch(weir::batch_limits{.max_bytes = 6}, weigh, "exam") |
                            weir::map(all);
                 },
             // Enough at once; too much with the next; too heavy alone, after others and first.
             .input = {2, 4, 3, 4, 1, 9, 7, 1},
             .expected = {"24", "3", "41", "9", "7", "1"},
             .before_failure = texts{"24", "3", "41", "9", "7"},
             .filtered = {},
             .stage = "batch 'exam'"});
}

TEST_CASE("items without weight go along with others") {
    examine({.apply =
                 [](in s, probe) {
                     auto weigh = [](const move_only& x) { return x.value(); };
                     return std::move(s) | weir::batch(weir::batch_limits{.max_bytes = 3}, weigh) |
                            weir::map(all);
                 },
             .input = {0, 3, 0, 0},
             .expected = {"03", "00"},
             .before_failure = texts{"03"},
             .filtered = {},
             .stage = {}});
}

TEST_CASE("the first limit that is reached makes the batch") {
    examine({.apply =
                 [](in s, probe) {
                     auto weigh = [](const move_only& x) { return x.value(); };
                     const weir::batch_limits limits{.max_items = 3, .max_bytes = 6, .wait = 1h};
                     return std::move(s) | weir::batch(limits, weigh) | weir::map(all);
                 },
             .input = {1, 1, 1, 1, 5, 8, 2, 2, 1, 1},
             .expected = {"111", "15", "8", "221", "1"},
             .before_failure = texts{"111", "15", "8", "221"},
             .filtered = {},
             .stage = {}});
}

TEST_CASE("a batch that is limited by weight and time goes on when its time has come") {
    asio::io_context io;
    auto time = virtual_clock::install(io);
    script<int> source;
    const weir::batch_limits limits{.max_bytes = 10, .wait = 50ms};
    probe_sink out(io, source.stream() | weir::batch(limits, itself));
    source.give({1, 2});
    out.expect_nothing();
    time->advance(30ms);
    source.give({9});  // sends the others on, and opens a batch with a time of its own
    out.expect(ints{1, 2});
    out.expect_nothing();
    time->advance(50ms - 1ns);
    out.expect_nothing();
    time->advance(1ns);
    out.expect(ints{9});
    time->advance(1h);
    out.expect_nothing();  // no time passes into an empty batch
    source.give({10});
    out.expect(ints{10});
}

TEST_CASE("a batch may be limited by time alone") {
    asio::io_context io;
    auto time = virtual_clock::install(io);
    script<int> source;
    source.give({1, 2, 3, 4, 5});
    probe_sink out(io, source.stream() | weir::batch(weir::batch_limits{.wait = 50ms}));
    out.expect_nothing();
    time->advance(50ms);
    out.expect(ints{1, 2, 3, 4, 5});
}

TEST_CASE("batch refuses limits that are 0, that are none, and bytes that nobody weighs") {
    CHECK_THROWS_AS(weir::batch(weir::batch_limits{.max_items = 0}), std::invalid_argument);
    CHECK_THROWS_AS(weir::batch(weir::batch_limits{.max_bytes = 0}, itself), std::invalid_argument);
    CHECK_THROWS_AS(weir::batch(weir::batch_limits{}), std::invalid_argument);
    CHECK_THROWS_AS(weir::batch(weir::batch_limits{.max_bytes = 1}), std::invalid_argument);
}
