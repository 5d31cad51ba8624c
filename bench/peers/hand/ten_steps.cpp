// The loop a person would write for the ten steps.
#include "../../ten_steps.hpp"

#include <benchmark/benchmark.h>

#include "../../opaque.hpp"

namespace {

void hand(benchmark::State& state) {
    for (auto _ : state) {
        const std::uint64_t first = bench::opaque(0);
        const std::uint64_t last = bench::opaque(bench::ten_steps_items);
        std::uint64_t total = 0;
        for (std::uint64_t i = first; i < last; ++i) {
            std::uint64_t x = bench::step_1(i);
            if (!bench::step_2(x)) continue;
            x = bench::step_3(x);
            if (!bench::step_4(x)) continue;
            x = bench::step_5(x);
            if (!bench::step_6(x)) continue;
            x = bench::step_7(x);
            if (!bench::step_8(x)) continue;
            x = bench::step_9(x);
            if (bench::step_10(x)) total += x;
        }
        bench::keep(total);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bench::ten_steps_items));
}
BENCHMARK(hand)->Iterations(3)->UseRealTime();

}  // namespace
