// The claim: two workers on 1 us of work an item, in order, are at least 1.85 times as fast as one
// thread; on 20 ns of work at least 1.5 times.
#include <weir/operators/map.hpp>
#include <weir/operators/parallel.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sources/from_range.hpp>

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <ranges>
#include <utility>

#include "opaque.hpp"

namespace {

// Each step waits for the one before it: some nanoseconds a few, and the same on every thread.
std::uint64_t spin(std::uint64_t x, std::uint64_t steps) {
    for (; steps != 0; --steps) x = x * 6364136223846793005u + 1442695040888963407u;
    return x;
}

// How many steps an item make it worth so many nanoseconds, one item after the other. (Processors
// begin with an item before they are done with the last: steps of single items say little.)
std::uint64_t steps_worth(std::uint64_t nanoseconds) {
    std::uint64_t steps = nanoseconds;
    for (int round = 0; round < 5; ++round) {
        const std::uint64_t items = bench::opaque(200'000'000 / nanoseconds);
        std::uint64_t sum = 0;
        const auto began = std::chrono::steady_clock::now();
        for (std::uint64_t i = 0; i != items; ++i) sum += spin(i, bench::opaque(steps));
        const std::chrono::duration<double, std::nano> spent =
            std::chrono::steady_clock::now() - began;
        bench::keep(sum);
        const double an_item = spent.count() / static_cast<double>(items);
        steps = static_cast<std::uint64_t>(static_cast<double>(steps * nanoseconds) / an_item);
    }
    return steps;
}

// Runs items of some nanoseconds of work through what `stage` makes of the work.
template <class Stage>
void work_off(benchmark::State& state, std::size_t threads, Stage stage) {
    const auto nanoseconds = static_cast<std::uint64_t>(state.range(0));
    static std::map<std::uint64_t, std::uint64_t> found;  // the same for all
    if (!found.contains(nanoseconds)) found[nanoseconds] = steps_worth(nanoseconds);
    const std::uint64_t steps = found[nanoseconds];
    const std::uint64_t items = 1'000'000'000 / nanoseconds;
    weir::runtime runtime(threads);
    auto work = [steps](std::uint64_t x) { return spin(x, steps); };
    for (auto _ : state) {
        const auto last = bench::opaque(items);
        auto results = weir::from_range(std::views::iota(bench::opaque(0), last)) | stage(work);
        auto sum = weir::fold(std::uint64_t{0}, std::plus<>{});
        bench::keep(runtime.run(std::move(results) | std::move(sum)));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
}

void two_workers(benchmark::State& state) {
    work_off(state, 2, [](auto work) { return weir::parallel(2, work); });
}
BENCHMARK(two_workers)->Name("weir")->Arg(20)->Arg(1000)->Iterations(1)->UseRealTime();

void one_thread(benchmark::State& state) {
    work_off(state, 1, [](auto work) { return weir::map(work); });
}
BENCHMARK(one_thread)->Name("one_thread")->Arg(20)->Arg(1000)->Iterations(1)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
