// The claim: 10 M sensor readings are filtered, converted and collected as fast as by Rust's
// iterators.
#include "sensors.hpp"

#include <weir/operators/filter.hpp>
#include <weir/operators/map.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>

#include <benchmark/benchmark.h>

#include <ranges>

#include "opaque.hpp"

namespace {

void weir_pipeline(benchmark::State& state) {
    weir::runtime runtime(1);
    const std::vector<double>& all = bench::sensor_readings();
    for (auto _ : state) {
        auto kept = weir::from_range(std::views::all(all)) |
                    weir::filter([](double x) { return bench::plausible(x); }) |
                    weir::map([](double x) { return bench::fahrenheit(x); }) |
                    weir::to<std::vector>();
        bench::keep(runtime.run(std::move(kept)).size());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bench::readings));
}
BENCHMARK(weir_pipeline)->Name("weir")->Iterations(10)->UseRealTime();

void hand(benchmark::State& state) {
    const std::vector<double>& all = bench::sensor_readings();
    for (auto _ : state) {
        std::vector<double> kept;
        for (const double x : all) {
            if (bench::plausible(x)) kept.push_back(bench::fahrenheit(x));
        }
        bench::keep(kept.size());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bench::readings));
}
BENCHMARK(hand)->Iterations(10)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
