// The claims: merging and zipping two streams that are ready costs a fraction of what it does with
// Rust's futures, and a merge of 64 streams is woken as fast as futures' select_all.
#include "many_streams.hpp"

#include <weir/channel/channel.hpp>
#include <weir/joins/merge.hpp>
#include <weir/joins/merge_sorted.hpp>
#include <weir/joins/zip.hpp>
#include <weir/operators/map.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sources/from_range.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <functional>
#include <ranges>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

#include "opaque.hpp"

namespace {

auto numbers() {
    const std::uint64_t first = bench::opaque(0);
    return weir::from_range(std::views::iota(first, bench::opaque(bench::items_each)));
}

// Sums what `join` makes of two streams up; an item of either counts.
template <class Join>
void two_streams(benchmark::State& state, Join join) {
    weir::runtime runtime(1);
    for (auto _ : state) {
        auto sum = join(numbers(), numbers()) |
                   weir::map([](std::uint64_t x) { return bench::mixed(x); }) |
                   weir::fold(std::uint64_t{0}, std::plus<>{});
        bench::keep(runtime.run(std::move(sum)));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(2 * bench::items_each));
}

void merge(benchmark::State& state) {
    two_streams(state, [](auto a, auto b) { return weir::merge(std::move(a), std::move(b)); });
}
BENCHMARK(merge)->Name("weir@merge")->Iterations(3)->UseRealTime();

void merge_by_one(benchmark::State& state) {
    two_streams(state, [](auto a, auto b) {
        return weir::merge(weir::chunk_bound(1), std::move(a), std::move(b));
    });
}
BENCHMARK(merge_by_one)->Name("weir_run_of_1@merge")->Iterations(3)->UseRealTime();

void merge_sorted(benchmark::State& state) {
    two_streams(state, [](auto a, auto b) {
        return weir::merge_sorted(std::identity(), std::move(a), std::move(b));
    });
}
BENCHMARK(merge_sorted)->Name("weir_sorted@merge")->Iterations(1)->UseRealTime();

void zip(benchmark::State& state) {
    two_streams(state, [](auto a, auto b) {
        return weir::zip(std::move(a), std::move(b)) |
               weir::map([](std::tuple<std::uint64_t, std::uint64_t> x) {
                   return std::get<0>(x) + std::get<1>(x);
               });
    });
}
BENCHMARK(zip)->Name("weir@zip")->Iterations(3)->UseRealTime();

// Sends into one of the channels after the other, and lets the merge that waits for them all have
// its turn each time.
asio::awaitable<void> send_in_turn(std::vector<weir::sender<int>> to, int rounds) {
    const auto executor = co_await asio::this_coro::executor;
    for (int round = 0; round < rounds; ++round) {
        for (auto& one : to) {
            one.try_send(1);
            co_await asio::post(executor, asio::use_awaitable);
        }
    }
}

// What an item costs that wakes a merge of so many.
void wake(benchmark::State& state) {
    constexpr int rounds = 5'000;
    const auto inputs = static_cast<std::size_t>(state.range(0));
    weir::runtime runtime(1);
    int sum = 0;
    for (auto _ : state) {
        std::vector<weir::sender<int>> senders;
        std::vector<weir::receiver<int>> receivers;
        for (std::size_t i = 0; i < inputs; ++i) {
            auto ends = weir::channel<int>(4);
            senders.push_back(std::move(ends.sender));
            receivers.push_back(std::move(ends.receiver));
        }
        auto rethrow = [](std::exception_ptr e) {
            if (e) std::rethrow_exception(std::move(e));
        };
        asio::co_spawn(runtime.context(), send_in_turn(std::move(senders), rounds), rethrow);
        auto add = weir::fold(0, std::plus<>{});
        sum += runtime.run(weir::merge(std::move(receivers)) | std::move(add));
    }
    if (sum == 0) throw std::logic_error("weir: nothing came");
    state.SetItemsProcessed(state.iterations() * rounds * state.range(0));
}
BENCHMARK(wake)->Name("weir")->Arg(2)->Arg(64)->Iterations(2)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
