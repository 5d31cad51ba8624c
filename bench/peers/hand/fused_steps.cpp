// The loop a person would write: the limit that a fused pipeline is held against.
#include "../../fused_steps.hpp"

#include <benchmark/benchmark.h>

#include "../../opaque.hpp"

namespace {

// Inlined into both, so that each knows as much of `first` as its caller does.
inline std::uint64_t sum(std::uint64_t first, std::uint64_t last) {
    std::uint64_t total = 0;
    for (std::uint64_t i = first; i < last; ++i) {
        const std::uint64_t x = bench::triple(i);
        if (bench::even(x)) total += bench::mix(x);
    }
    return total;
}

void hand(benchmark::State& state) {
    for (auto _ : state) {
        const std::uint64_t first = bench::opaque(0);
        bench::keep(sum(first, bench::opaque(bench::fused_items)));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bench::fused_items));
}
BENCHMARK(hand)->Iterations(3)->UseRealTime();

// Not the same work: told that it starts at 0, clang knows which turns of the unrolled loop are
// even and leaves the filter out. Beside the others to show what that is worth, not as a limit.
void hand_from_literal_0(benchmark::State& state) {
    for (auto _ : state) bench::keep(sum(0, bench::opaque(bench::fused_items)));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bench::fused_items));
}
BENCHMARK(hand_from_literal_0)->Iterations(3)->UseRealTime();

}  // namespace
