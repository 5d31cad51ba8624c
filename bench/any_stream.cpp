// The claim: an any_stream between two steps costs at most 2 ns an item.
#include <weir/operators/filter.hpp>
#include <weir/operators/map.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>

#include <benchmark/benchmark.h>

#include <functional>
#include <ranges>
#include <utility>

#include "opaque.hpp"

namespace {

constexpr std::uint64_t items = 50'000'000;

// Runs the second half of the pipeline over what `between` makes of the first.
template <class Between>
void two_steps(benchmark::State& state, Between between) {
    weir::runtime runtime(1);
    for (auto _ : state) {
        const std::uint64_t first = bench::opaque(0);
        const std::uint64_t last = bench::opaque(items);
        auto numbers = weir::from_range(std::views::iota(first, last)) |
                       weir::map([](std::uint64_t x) { return 3 * x; });
        auto sum = between(std::move(numbers)) |
                   weir::filter([](std::uint64_t x) { return x % 2 == 0; }) |
                   weir::fold(std::uint64_t{0}, std::plus<>{});
        bench::keep(runtime.run(std::move(sum)));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
}

void erased(benchmark::State& state) {
    two_steps(state, [](auto s) { return weir::any_stream<std::uint64_t>(std::move(s)); });
}
BENCHMARK(erased)->Name("weir")->Iterations(3)->UseRealTime();

void fused(benchmark::State& state) {
    two_steps(state, [](auto s) { return s; });
}
BENCHMARK(fused)->Name("weir_fused")->Iterations(3)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
