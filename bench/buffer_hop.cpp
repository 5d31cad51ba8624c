// The claim: with two threads an item passes through buffer(1024) in at most 8 ns, through
// buffer(64) in at most 12.
#include "buffer_hop.hpp"

#include <weir/operators/buffer.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sources/from_range.hpp>

#include <benchmark/benchmark.h>

#include <functional>
#include <ranges>
#include <stdexcept>

namespace {

// Runs the sum over integers that cross `boundary` on the way.
template <class Boundary>
void hop(benchmark::State& state, weir::runtime& runtime, Boundary boundary) {
    for (auto _ : state) {
        auto sum = weir::from_range(std::views::iota(std::uint64_t{0}, bench::hop_items)) |
                   boundary | weir::fold(std::uint64_t{0}, std::plus<>{});
        if (runtime.run(std::move(sum)) != bench::sum_below(bench::hop_items)) {
            throw std::logic_error("weir: wrong sum");
        }
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bench::hop_items));
}

void weir_buffer(benchmark::State& state) {
    weir::runtime runtime(2);
    hop(state, runtime, weir::buffer(static_cast<std::size_t>(state.range(0))));
}
BENCHMARK(weir_buffer)
    ->Name("weir")
    ->Arg(bench::hop_small)
    ->Arg(bench::hop_large)
    ->Iterations(3)
    ->UseRealTime();

// A pool of two threads may run both sides by turns on one of them, and with work as small as this
// it does. Here each side has a thread of its own: every item crosses.
void weir_on(benchmark::State& state) {
    weir::runtime here(1);
    weir::runtime there(1);
    hop(state, here, weir::on(there.executor(), static_cast<std::size_t>(state.range(0))));
}
BENCHMARK(weir_on)->Name("weir_across")->Arg(bench::hop_large)->Iterations(3)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
