// The hop through oneTBB's parallel_pipeline: two serial stages, as many items in flight as the
// channels hold, two threads.
#include <benchmark/benchmark.h>
#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>

#include <cstdint>
#include <stdexcept>

#include "../../buffer_hop.hpp"

namespace {

constexpr std::uint64_t items = bench::hop_items / 10;  // it is slow: as much time with fewer items

std::uint64_t sum_through_pipeline(std::size_t in_flight) {
    std::uint64_t next = 0;
    std::uint64_t sum = 0;
    const auto source = [&next](tbb::flow_control& control) -> std::uint64_t {
        if (next == items) {
            control.stop();
            return 0;
        }
        return next++;
    };
    const auto sink = [&sum](std::uint64_t x) { sum += x; };
    constexpr auto in_order = tbb::filter_mode::serial_in_order;
    tbb::parallel_pipeline(in_flight, tbb::make_filter<void, std::uint64_t>(in_order, source) &
                                          tbb::make_filter<std::uint64_t, void>(in_order, sink));
    return sum;
}

void tbb_parallel_pipeline(benchmark::State& state) {
    const tbb::global_control threads(tbb::global_control::max_allowed_parallelism, 2);
    for (auto _ : state) {
        if (sum_through_pipeline(static_cast<std::size_t>(state.range(0))) !=
            bench::sum_below(items)) {
            throw std::logic_error("tbb pipeline: wrong sum");
        }
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
}
BENCHMARK(tbb_parallel_pipeline)
    ->Arg(bench::hop_small)
    ->Arg(bench::hop_large)
    ->Iterations(1)
    ->UseRealTime();

}  // namespace
