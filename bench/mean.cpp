// The claim: subtracting the mean from 50 M floats with par_reduce and par_for_each takes at most
// 1.1 times as long as with rayon.
#include <weir/runtime/par_for_each.hpp>
#include <weir/runtime/par_reduce.hpp>
#include <weir/runtime/runtime.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "opaque.hpp"

namespace {

constexpr std::size_t items = 50'000'000;

std::vector<float> samples() {
    std::vector<float> xs(items);
    for (std::size_t i = 0; i < items; ++i) xs[i] = static_cast<float>(i % 1000);
    return xs;
}

void subtract_mean(benchmark::State& state) {
    weir::runtime rt(std::thread::hardware_concurrency());
    std::vector<float> xs = samples();
    for (auto _ : state) {
        const float sum = rt.run(weir::par_reduce(rt, xs, 0.0f, std::plus<>{}));
        const float mean = sum / static_cast<float>(items);
        rt.run(weir::par_for_each(rt, xs, [mean](float& x) { x -= mean; }));
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
}
BENCHMARK(subtract_mean)->Name("weir")->Iterations(5)->UseRealTime();

// Two loops on one thread, the sum in 16 sums as par_reduce does it.
void one_thread(benchmark::State& state) {
    constexpr std::size_t lanes = 16;
    std::vector<float> xs = samples();
    for (auto _ : state) {
        float sums[lanes] = {};
        for (std::size_t i = 0; i + lanes <= items; i += lanes) {
            for (std::size_t j = 0; j < lanes; ++j) sums[j] += xs[i + j];
        }
        float sum = 0;
        for (const float x : sums) sum += x;
        const float mean = sum / static_cast<float>(items);
        for (float& x : xs) x -= mean;
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
}
BENCHMARK(one_thread)->Iterations(5)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
