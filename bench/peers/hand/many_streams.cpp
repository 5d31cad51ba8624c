// The loops a person would write over two ranges.
#include "../../many_streams.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>

#include "../../opaque.hpp"

namespace {

// Takes turns: up to a run of one, then of the other.
std::uint64_t merged(std::uint64_t first, std::uint64_t end, std::uint64_t second) {
    std::uint64_t sum = 0;
    for (const std::uint64_t last = end; first != last || second != last;) {
        for (const auto stop = std::min(last, first + bench::merged_run); first != stop; ++first) {
            sum += bench::mixed(first);
        }
        for (const auto stop = std::min(last, second + bench::merged_run); second != stop;
             ++second) {
            sum += bench::mixed(second);
        }
    }
    return sum;
}

std::uint64_t zipped(std::uint64_t first, std::uint64_t end, std::uint64_t second) {
    std::uint64_t sum = 0;
    for (; first != end && second != end; ++first, ++second) sum += bench::mixed(first + second);
    return sum;
}

template <class Loop>
void run(benchmark::State& state, Loop loop) {
    for (auto _ : state) {
        const std::uint64_t first = bench::opaque(0);
        const std::uint64_t end = bench::opaque(bench::items_each);
        bench::keep(loop(first, end, bench::opaque(0)));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(2 * bench::items_each));
}

void merge(benchmark::State& state) {
    run(state, merged);
}
BENCHMARK(merge)->Name("hand@merge")->Iterations(3)->UseRealTime();

void zip(benchmark::State& state) {
    run(state, zipped);
}
BENCHMARK(zip)->Name("hand@zip")->Iterations(3)->UseRealTime();

}  // namespace
