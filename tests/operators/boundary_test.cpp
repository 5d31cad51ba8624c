// The boundaries: buffer and on.

#include <weir/core/asio.hpp>
#include <weir/core/stage.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/map.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/failures.hpp>
#include <support/items.hpp>

#include <atomic>
#include <functional>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace weir::testing;
using in = weir::any_stream<move_only>;

TEST_CASE("buffer lets everything through, in order, behind a task of its own") {
    for (const std::size_t capacity : {1u, 2u, 100u}) {
        CAPTURE(capacity);
        examine({.apply =
                     [capacity](in s, probe call) {
                         auto f = [call](move_only x) { return call(), std::to_string(x.value()); };
                         return std::move(s) | weir::map(f, "exam") | weir::buffer(capacity);
                     },
                 .input = {1, 2, 3, 4, 5},
                 .expected = {"1", "2", "3", "4", "5"},
                 .before_failure = {},
                 .filtered = {},
                 .stage = "map 'exam'"});
    }
}

TEST_CASE("on lets everything through, in order, from its executor") {
    for (const std::size_t capacity : {1u, 2u, 100u}) {
        CAPTURE(capacity);
        examine({.apply =
                     [capacity](in s, probe call) {
                         auto f = [call](move_only x) { return call(), std::to_string(x.value()); };
                         return std::move(s) | weir::map(f, "exam") |
                                weir::on(call.executor, capacity);
                     },
                 .input = {1, 2, 3, 4, 5},
                 .expected = {"1", "2", "3", "4", "5"},
                 .before_failure = {},
                 .filtered = {},
                 .stage = "map 'exam'"});
    }
}

TEST_CASE("a buffer of capacity 0 is refused") {
    auto upstream = weir::from_range(std::vector{1});
    CHECK_THROWS_AS(std::move(upstream) | weir::buffer(0), std::invalid_argument);
}

TEST_CASE("upstream of a buffer starts with the first poll and runs ahead by its capacity") {
    asio::io_context io;
    int made = 0;
    auto count_up = [&made](int x) { return ++made, x; };
    auto stream = weir::from_range(std::views::iota(0)) | weir::map(count_up) | weir::buffer(8);
    settle(io);
    CHECK(made == 0);
    auto first = start_next(io, stream);
    settle(io);
    CHECK(first->get() == std::optional(0));
    CHECK(made >= 8);
    CHECK(made <= 9);  // 8 held, one taken
}

TEST_CASE("on runs what is before it on its executor, and the rest where the terminal runs") {
    asio::io_context io;
    asio::thread_pool other(1);
    const auto here = std::this_thread::get_id();
    std::atomic<int> before_elsewhere = 0;
    int after_here = 0;
    auto note_before = [&](int x) {
        return before_elsewhere += std::this_thread::get_id() != here, x;
    };
    auto note_after = [&](int) { after_here += std::this_thread::get_id() == here; };
    auto result = start(io, weir::from_range(std::views::iota(0, 1000)) | weir::map(note_before) |
                                weir::on(other.get_executor(), 16) | weir::for_each(note_after));
    CHECK(run_until(io, [&] { return result->done; }));
    result->get();
    CHECK(before_elsewhere == 1000);
    CHECK(after_here == 1000);
}

TEST_CASE("a failure behind several boundaries is the one that comes out") {
    auto fail = [](int x) {
        if (x == 5) throw callable_failure();
        return x;
    };
    auto sum = weir::fold(0, std::plus<>());
    asio::io_context io;
    auto result = start(io, weir::from_range(std::views::iota(0)) | weir::map(fail, "deep") |
                                weir::buffer(2) | weir::on(asio::system_executor(), 1) |
                                weir::buffer(3) | std::move(sum));
    CHECK(run_until(io, [&] { return result->done; }));
    CHECK_THROWS_WITH_AS(result->get(), "map 'deep': bad item", weir::stage_error);
}
