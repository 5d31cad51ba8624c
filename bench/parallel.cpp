// The claim: two workers on 1 us of work an item, in order, are at least 1.85 times as fast as one
// thread; on 20 ns of work at least 1.5 times.
#include <weir/operators/map.hpp>
#include <weir/operators/parallel.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sources/from_range.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <functional>
#include <map>
#include <ranges>
#include <utility>

#include "opaque.hpp"
#include "spin.hpp"

namespace {

// Runs items of some nanoseconds of work through what `stage` makes of the work.
template <class Stage>
void work_off(benchmark::State& state, std::size_t threads, Stage stage) {
    const auto nanoseconds = static_cast<std::uint64_t>(state.range(0));
    static std::map<std::uint64_t, std::uint64_t> found;  // the same for all
    if (!found.contains(nanoseconds)) found[nanoseconds] = bench::steps_worth(nanoseconds);
    const std::uint64_t steps = found[nanoseconds];
    const std::uint64_t items = 1'000'000'000 / nanoseconds;
    weir::runtime runtime(threads);
    auto work = [steps](std::uint64_t x) { return bench::spin(x, steps); };
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
