// The steps that cut: take, take_while, take_until, skip.

#include <weir/operators/batch.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/skip.hpp>
#include <weir/operators/take.hpp>
#include <weir/operators/take_until.hpp>
#include <weir/operators/take_while.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/items.hpp>

#include <functional>
#include <ranges>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace weir::testing;
using in = weir::any_stream<move_only>;

namespace {

std::string text(move_only x) {
    return std::to_string(x.value());
}

}  // namespace

TEST_CASE("take passes on the first n items and ends") {
    examine({.apply = [](in s, probe) { return std::move(s) | weir::take(3) | weir::map(text); },
             .input = {1, 2, 3, 4},
             .expected = {"1", "2", "3"},
             .before_failure = {},
             .filtered = {},
             .stage = {},
             .ends_by_itself = true});
}

TEST_CASE("take of more than there is passes on all") {
    examine({.apply = [](in s, probe) { return std::move(s) | weir::take(5) | weir::map(text); },
             .input = {1, 2},
             .expected = {"1", "2"},
             .before_failure = {},
             .filtered = {},
             .stage = {}});
}

TEST_CASE("take_while ends at the first item its predicate dislikes") {
    examine({.apply =
                 [](in s, probe call) {
                     auto small = [call](const move_only& x) { return call(), x.value() < 3; };
                     return std::move(s) | weir::take_while(small, "exam") | weir::map(text);
                 },
             .input = {1, 2, 3, 1},
             .expected = {"1", "2"},
             .before_failure = {},
             .filtered = {3, 1},
             .stage = "take_while 'exam'",
             .ends_by_itself = true});
}

TEST_CASE("take_until passes on everything while no stop is requested") {
    std::stop_source never;
    examine({.apply =
                 [&](in s, probe) {
                     return std::move(s) | weir::take_until(never.get_token()) | weir::map(text);
                 },
             .input = {1, 2, 3},
             .expected = {"1", "2", "3"},
             .before_failure = {},
             .filtered = {},
             .stage = {}});
}

TEST_CASE("take_until ends a stream that waits, lets go of it, and the terminal succeeds") {
    asio::io_context io;
    script<int> source;
    std::stop_source stop;
    auto result = start(io, source.stream() | weir::take_until(stop.get_token()) | weir::count());
    source.give({1, 2});
    settle(io);
    CHECK_FALSE(result->done);
    stop.request_stop();
    settle(io);
    CHECK(result->get() == 2);
    CHECK(source.held() == 0);
}

TEST_CASE("take_until of a stop requested before passes on nothing") {
    script<int> source;
    std::stop_source stop;
    stop.request_stop();
    source.give({1, 2});
    CHECK(run(source.stream() | weir::take_until(stop.get_token()) | weir::count()) == 0);
    CHECK(source.left() == 2);
}

TEST_CASE("take_until lets what is behind it work off what it has") {
    asio::io_context io;
    script<int> source;
    std::stop_source stop;
    auto sizes = weir::map([](const std::vector<int>& batch) { return batch.size(); });
    auto sum = weir::fold(std::size_t{0}, std::plus<>());
    auto result = start(io, source.stream() | weir::take_until(stop.get_token()) | weir::buffer(4) |
                                weir::batch(100) | sizes | std::move(sum));
    source.give({1, 2, 3, 4, 5, 6, 7});
    settle(io);
    stop.request_stop();
    settle(io);
    CHECK(result->get() == 7);
}

TEST_CASE("a stop may be requested from any thread while items flow") {
    for (int round = 0; round < 200; ++round) {
        asio::io_context io;
        std::stop_source stop;
        auto ticks = weir::from_range(std::views::iota(0)) | weir::take_until(stop.get_token());
        auto result = start(io, std::move(ticks) | weir::count());
        std::thread other([&] { stop.request_stop(); });
        CHECK(run_until(io, [&] { return result->done; }));
        other.join();
        CHECK_NOTHROW(result->get());
    }
}

TEST_CASE("take of 0 never polls upstream") {
    script<int> source;
    CHECK(run(source.stream() | weir::take(0) | weir::count()) == 0);
    CHECK(source.polls() == 0);
}

TEST_CASE("take asks upstream for no more than it passes on") {
    script<int> source;
    source.give({1, 2, 3, 4});
    CHECK(run(source.stream() | weir::take(3) | weir::count()) == 3);
    CHECK(source.left() == 1);
}

TEST_CASE("skip drops the first n items") {
    examine({.apply = [](in s, probe) { return std::move(s) | weir::skip(2) | weir::map(text); },
             .input = {1, 2, 3, 4},
             .expected = {"3", "4"},
             .before_failure = {},
             .filtered = {1, 2},
             .stage = {}});
}
