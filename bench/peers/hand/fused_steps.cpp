// The loop a person would write: the limit that a fused pipeline is held against.
#include "../../fused_steps.hpp"

#include <benchmark/benchmark.h>

#include "../../opaque.hpp"

namespace {

void hand(benchmark::State& state) {
    for (auto _ : state) {
        const std::uint64_t items = bench::opaque(bench::fused_items);
        std::uint64_t sum = 0;
        for (std::uint64_t i = 0; i < items; ++i) {
            const std::uint64_t x = bench::triple(i);
            if (bench::even(x)) sum += bench::mix(x);
        }
        bench::keep(sum);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bench::fused_items));
}
BENCHMARK(hand)->Iterations(3)->UseRealTime();

}  // namespace
