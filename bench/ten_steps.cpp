// The claim: ten steps cost what the loop by hand costs, on both compilers.
#include "ten_steps.hpp"

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
        const std::uint64_t last = bench::opaque(bench::ten_steps_items);
        auto sum = weir::from_range(std::views::iota(first, last)) |
                   weir::map([](std::uint64_t x) { return bench::step_1(x); }) |
                   weir::filter([](std::uint64_t x) { return bench::step_2(x); }) |
                   weir::map([](std::uint64_t x) { return bench::step_3(x); }) |
                   weir::filter([](std::uint64_t x) { return bench::step_4(x); }) |
                   weir::map([](std::uint64_t x) { return bench::step_5(x); }) |
                   weir::filter([](std::uint64_t x) { return bench::step_6(x); }) |
                   weir::map([](std::uint64_t x) { return bench::step_7(x); }) |
                   weir::filter([](std::uint64_t x) { return bench::step_8(x); }) |
                   weir::map([](std::uint64_t x) { return bench::step_9(x); }) |
                   weir::filter([](std::uint64_t x) { return bench::step_10(x); }) |
                   weir::fold(std::uint64_t{0}, std::plus<>{});
        bench::keep(runtime.run(std::move(sum)));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bench::ten_steps_items));
}
BENCHMARK(weir_pipeline)->Name("weir")->Iterations(3)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
