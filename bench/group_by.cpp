// The claim: the running mean of each of 1,000 groups costs at most 1.5 times what the loop by hand
// takes over a hash table of means.
#include <weir/aggregates/mean.hpp>
#include <weir/operators/group_by.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/running.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sources/from_range.hpp>

#include <benchmark/benchmark.h>

#include <bit>
#include <functional>
#include <ranges>

#include "group_means.hpp"
#include "opaque.hpp"

namespace {

void grouped(benchmark::State& state) {
    weir::runtime runtime(1);
    for (auto _ : state) {
        auto make = [](std::uint64_t) {
            return weir::running(weir::agg::mean(),
                                 [](const bench::reading& x) { return x.value; });
        };
        auto means = weir::group_by([](const bench::reading& x) { return x.sensor; },
                                    {.max_groups = bench::sensors}, make);
        auto readings =
            weir::from_range(std::views::iota(std::uint64_t{0}, bench::opaque(bench::readings))) |
            weir::map([](std::uint64_t n) { return bench::reading_number(n); });
        auto total = std::move(readings) | std::move(means) | weir::fold(0.0, std::plus<>{});
        bench::keep(std::bit_cast<std::uint64_t>(runtime.run(std::move(total))));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bench::readings));
}
BENCHMARK(grouped)->Name("weir")->Iterations(3)->MeasureProcessCPUTime()->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
