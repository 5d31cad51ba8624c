// take and batch answered `finished` to a sink that had said no, where the protocol has `paused`:
// who polled on in the same turn, as flat_map does, pushed an item over the one before.

#include <weir/operators/batch.hpp>
#include <weir/operators/flat_map.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/take.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/sources/generator.hpp>
#include <weir/testing/drive.hpp>

#include <doctest/doctest.h>

#include <ranges>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

template <class S>
asio::awaitable<std::vector<int>> pull_all(S stream) {
    std::vector<int> items;
    while (auto x = co_await stream.next()) items.push_back(*x);
    co_return items;
}

weir::generator<int> numbers(int n) {
    for (int i = 0; i < n; ++i) co_yield int(i);
}

}  // namespace

TEST_CASE("a flat_map over streams that take is pulled without losing an item") {
    asio::io_context io;
    auto two_of = [](int x) { return weir::from_range(std::views::iota(x)) | weir::take(2); };
    auto stream = weir::from_range(std::vector{10, 20, 30}) | weir::flat_map(two_of);
    CHECK(run_task(io, pull_all(std::move(stream))) == std::vector{10, 11, 20, 21, 30, 31});
}

TEST_CASE("a flat_map over streams that batch is pulled without losing an item") {
    asio::io_context io;
    auto sum = [](const std::vector<int>& xs) { return xs[0] + (xs.size() > 1 ? xs[1] : 0); };
    auto batches = [](int n) { return weir::from_range(std::views::iota(0, n)) | weir::batch(2); };
    auto stream = weir::from_range(std::vector{1, 3}) | weir::flat_map(batches) | weir::map(sum);
    CHECK(run_task(io, pull_all(std::move(stream))) == std::vector{0, 1, 2});
}

TEST_CASE("a batch before a generator does not resume its ended upstream") {
    asio::io_context io;
    auto lengths = [](auto batches) -> weir::generator<int> {
        while (auto batch = co_await batches.next()) co_yield static_cast<int>(batch->size());
    };
    auto stream = lengths(numbers(3) | weir::batch(2));
    CHECK(run_task(io, pull_all(std::move(stream))) == std::vector{2, 1});
}
