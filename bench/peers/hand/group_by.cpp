// The loop a person would write: a hash table of means, of which each reading moves one.
#include <absl/container/flat_hash_map.h>
#include <benchmark/benchmark.h>

#include <bit>

#include "../../group_means.hpp"
#include "../../opaque.hpp"

namespace {

struct mean {
    std::uint64_t count = 0;
    double value = 0;
};

double all_means() {
    absl::flat_hash_map<std::uint64_t, mean> means;
    double total = 0;
    const std::uint64_t last = bench::opaque(bench::readings);
    for (std::uint64_t n = 0; n < last; ++n) {
        const bench::reading x = bench::reading_number(n);
        mean& m = means[x.sensor];
        ++m.count;
        m.value += (x.value - m.value) / static_cast<double>(m.count);
        total += m.value;
    }
    return total;
}

void hand(benchmark::State& state) {
    for (auto _ : state) bench::keep(std::bit_cast<std::uint64_t>(all_means()));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bench::readings));
}
BENCHMARK(hand)->Iterations(3)->MeasureProcessCPUTime()->UseRealTime();

}  // namespace
