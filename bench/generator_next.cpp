// The claim: `co_await s.next()` in a generator costs at most 6 ns when an item is ready.
#include <weir/operators/map.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/sources/generator.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <functional>
#include <ranges>
#include <utility>

#include "opaque.hpp"

namespace {

constexpr std::uint64_t items = 20'000'000;
using numbers = weir::any_stream<std::uint64_t>;

// Awaits each item and yields one, so that awaiting is all that is measured.
weir::generator<std::uint64_t> sum_of(numbers in) {
    std::uint64_t sum = 0;
    while (auto x = co_await in.next()) sum += *x;
    co_yield sum;
}

// Awaits and yields each.
weir::generator<std::uint64_t> each_of(numbers in) {
    while (auto x = co_await in.next()) co_yield *x;
}

template <class Generate>
void pull(benchmark::State& state, Generate generate) {
    weir::runtime runtime(1);
    for (auto _ : state) {
        const std::uint64_t first = bench::opaque(0);
        const std::uint64_t last = bench::opaque(items);
        auto sum = generate(weir::from_range(std::views::iota(first, last))) |
                   weir::fold(std::uint64_t{0}, std::plus<>{});
        bench::keep(runtime.run(std::move(sum)));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
}

void awaited(benchmark::State& state) {
    pull(state, sum_of);
}
BENCHMARK(awaited)->Name("weir")->Iterations(3)->UseRealTime();

void awaited_and_yielded(benchmark::State& state) {
    pull(state, each_of);
}
BENCHMARK(awaited_and_yielded)->Name("weir_and_yield")->Iterations(3)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
