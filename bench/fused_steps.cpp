// The claim: a chain of steps costs what the loop by hand costs, on both compilers.
#include "fused_steps.hpp"

#include <weir/operators/filter.hpp>
#include <weir/operators/map.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sources/from_range.hpp>

#include <benchmark/benchmark.h>

#include <functional>
#include <ranges>

#include "opaque.hpp"

namespace {

void weir_pipeline(benchmark::State& state) {
    weir::runtime runtime(1);
    for (auto _ : state) {
        const std::uint64_t first = bench::opaque(0);
        const std::uint64_t last = bench::opaque(bench::fused_items);
        auto sum = weir::from_range(std::views::iota(first, last)) |
                   weir::map([](std::uint64_t x) { return bench::triple(x); }) |
                   weir::filter([](std::uint64_t x) { return bench::even(x); }) |
                   weir::map([](std::uint64_t x) { return bench::mix(x); }) |
                   weir::fold(std::uint64_t{0}, std::plus<>{});
        bench::keep(runtime.run(std::move(sum)));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bench::fused_items));
}
BENCHMARK(weir_pipeline)->Name("weir")->Iterations(3)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
