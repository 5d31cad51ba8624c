// The claim: async_map(64) of a coroutine that yields once costs at most 0.8 of what Rust futures'
// buffered(64) takes for a future that yields once.
#include <weir/operators/async_map.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sources/from_range.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <functional>
#include <ranges>
#include <utility>

#include "opaque.hpp"

namespace {

constexpr std::uint64_t items = 2'000'000;

asio::awaitable<std::uint64_t> yields_once(std::uint64_t x) {
    co_await asio::post(asio::use_awaitable);
    co_return 3 * x;
}

asio::awaitable<std::uint64_t> ready(std::uint64_t x) {
    co_return 3 * x;
}

// Sums what `step` makes of the numbers.
template <class Step>
void sum(benchmark::State& state, Step step) {
    weir::runtime runtime(1);
    for (auto _ : state) {
        const std::uint64_t first = bench::opaque(0);
        const std::uint64_t last = bench::opaque(items);
        auto mapped = weir::from_range(std::views::iota(first, last)) | step;
        auto total = std::move(mapped) | weir::fold(std::uint64_t{0}, std::plus<>{});
        bench::keep(runtime.run(std::move(total)));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
}

void ordered(benchmark::State& state) {
    sum(state, weir::async_map(64, yields_once));
}
BENCHMARK(ordered)->Name("weir")->Iterations(1)->UseRealTime();

void unordered(benchmark::State& state) {
    sum(state, weir::async_map_unordered(64, yields_once));
}
BENCHMARK(unordered)->Name("weir_unordered")->Iterations(1)->UseRealTime();

// What the operator itself costs.
void at_once(benchmark::State& state) {
    sum(state, weir::async_map(64, ready));
}
BENCHMARK(at_once)->Name("weir_ready")->Iterations(1)->UseRealTime();

// The same coroutine, awaited one after the other in a loop by hand: Asio's share.
asio::awaitable<std::uint64_t> by_hand(std::uint64_t first, std::uint64_t last) {
    std::uint64_t total = 0;
    for (std::uint64_t x = first; x != last; ++x) total += co_await yields_once(x);
    co_return total;
}

void loop(benchmark::State& state) {
    weir::runtime runtime(1);
    for (auto _ : state) bench::keep(runtime.run(by_hand(bench::opaque(0), bench::opaque(items))));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
}
BENCHMARK(loop)->Name("asio_one_by_one")->Iterations(1)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
