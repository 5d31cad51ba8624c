// What parallel does with runs, on one thread, step by step.

#include <weir/core/asio.hpp>
#include <weir/operators/batch.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/flat_map.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/parallel.hpp>
#include <weir/operators/take.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <future>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <utility>
#include <vector>

using namespace weir::testing;
using ints = std::vector<int>;
using numbers = weir::any_stream<int>;  // one type of everything: this file compiles faster

namespace {

numbers count_to(int n) {
    return weir::from_range(std::views::iota(0, n));
}

numbers count() {
    return weir::from_range(std::views::iota(0));
}

ints up_to(int n) {
    ints xs;
    for (int i = 0; i < n; ++i) xs.push_back(i);
    return xs;
}

int same(int x) {
    return x;
}

// All that comes out of `s`.
ints all(numbers s) {
    ints seen;
    auto collect = [&seen](int x) { seen.push_back(x); };
    run(std::move(s) | weir::for_each(collect));
    return seen;
}

}  // namespace

TEST_CASE("parallel without a worker is refused") {
    CHECK_THROWS_WITH_AS(weir::parallel(0, same), "weir::parallel: there must be a worker",
                         std::invalid_argument);
}

TEST_CASE("parallel works off many items, in runs that grow") {
    CHECK(all(count_to(100'000) | weir::parallel(2, same)) == up_to(100'000));
}

TEST_CASE("an item makes more items than a run can hold, in order, and upstream waits") {
    const auto many = [](int x) -> numbers {
        return weir::from_range(std::views::iota(20'000 * x, 20'000 * x + 20'000));
    };
    const auto seen = all(count_to(6) | weir::parallel(2, weir::flat_map(many)));
    CHECK(seen == up_to(6 * 20'000));
}

TEST_CASE("an item makes items without end, of which some are taken") {
    const auto endless = [](int) { return count(); };
    const auto seen =
        all(count_to(6) | weir::parallel(2, weir::flat_map(endless)) | weir::take(10'000));
    CHECK(seen == up_to(10'000));
}

TEST_CASE("what a worker's operators hold comes at the end, after all else") {
    const auto sizes = [](const ints& xs) { return static_cast<int>(xs.size()); };
    const auto seen = all(count_to(3) | weir::parallel(1, weir::batch(2)) | weir::map(sizes));
    CHECK(seen == ints{2, 1});
}

TEST_CASE("when the operators of all workers have ended, so has the stage") {
    CHECK(all(count() | weir::parallel(2, weir::take(3))).size() == 6);
}

TEST_CASE("the workers of a parallel stage have a stage of their own") {
    const auto seen = all(count_to(1'000) | weir::parallel(2, weir::parallel(2, same)));
    ints times(1'000, 0);
    for (const int x : seen) ++times[static_cast<std::size_t>(x)];
    CHECK(times == ints(1'000, 1));
}

TEST_CASE("a boundary among a worker's operators is refused when it is polled") {
    CHECK_THROWS_AS(all(count_to(3) | weir::parallel(2, weir::buffer(4))), std::logic_error);
}

TEST_CASE("an item is worked on as soon as upstream has nothing more ready") {
    asio::io_context io;
    script<int> source;
    ints seen;
    auto collect = [&seen](int x) { seen.push_back(x); };
    auto result =
        start(io, numbers(source.stream()) | weir::parallel(2, same) | weir::for_each(collect));
    for (int i = 0; i < 20; ++i) {
        source.give(i);
        settle(io);
        CHECK(seen == up_to(i + 1));
    }
    source.end();
    settle(io);
    result->get();
}

TEST_CASE("what is ready of a run comes out when it is its turn, and does not wait for the rest") {
    asio::io_context io;
    virtual_clock::install(io);  // on which no work takes time: runs grow to 2 items, to 4
    script<int> source, second, fourth;
    auto expand = [&](int x) -> numbers {
        if (x == 2) return second.stream();
        if (x == 4) return fourth.stream();
        return weir::from_range(ints{x});
    };
    ints seen;
    auto collect = [&seen](int x) { seen.push_back(x); };
    auto result = start(io, numbers(source.stream()) | weir::parallel(2, weir::flat_map(expand)) |
                                weir::for_each(collect));
    source.give(0);
    settle(io);
    source.give({1, 2, 3, 4}).end();
    settle(io);
    CHECK(seen == ints{0, 1});
    second.give(2).end();
    settle(io);
    CHECK(seen == ints{0, 1, 2, 3});
    fourth.give(4).end();
    settle(io);
    CHECK(seen == ints{0, 1, 2, 3, 4});
    result->get();
}

TEST_CASE("upstream of a parallel stage starts with the first poll, and runs ahead by so much") {
    asio::io_context io;
    int made = 0;
    auto note = [&made](int x) { return ++made, x; };
    auto s = count() | weir::map(note) | weir::parallel(2, same);
    settle(io);
    CHECK(made == 0);
    auto first = start_next(io, s);
    settle(io);
    CHECK(first->get() == std::optional(0));
    CHECK(made <= 8 * 4'096);
    const int at_rest = made;
    settle(io);
    CHECK(made == at_rest);
}

TEST_CASE("the workers go on while the consumer takes its time") {
    asio::io_context io;
    virtual_clock::install(io);
    int made = 0;
    auto note = [&made](int x) { return ++made, x; };
    auto s = count() | weir::map(note) | weir::parallel(2, same);
    int least_ahead = 1'000'000;
    for (int i = 0; i < 3'000; ++i) {
        auto x = start_next(io, s);
        settle(io);
        REQUIRE(x->get() == std::optional(i));
        if (i >= 100) least_ahead = std::min(least_ahead, made - i);
    }
    CHECK(least_ahead > 50);
}

TEST_CASE("results as completed do not wait for one that takes long") {
    asio::io_context io;
    asio::thread_pool pool(2);
    std::promise<void> rest_is_done;
    auto wait = rest_is_done.get_future().share();
    auto f = [wait](int x) {
        if (x == 0) wait.wait();
        return x;
    };
    ints seen;
    auto collect = [&](int x) {
        seen.push_back(x);
        if (seen.size() == 9) rest_is_done.set_value();
    };
    weir::parallel_options how;
    how.results = weir::order::as_completed;
    how.executor = pool.get_executor();
    script<int> source;
    auto result =
        start(io, numbers(source.stream()) | weir::parallel(2, f, how) | weir::for_each(collect));
    settle(io);
    for (int i = 0; i < 10; ++i) {
        source.give(i);  // a run each
        settle(io);
    }
    source.end();
    CHECK(run_until(io, [&] { return result->done; }));
    result->get();
    REQUIRE(seen.size() == 10);
    CHECK(seen.back() == 0);
}
