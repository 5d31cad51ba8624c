// The claim: an item crosses from one thread to another through buffer(1024) in at most 8 ns.
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

void weir_buffer(benchmark::State& state) {
    weir::runtime runtime(2);
    for (auto _ : state) {
        auto sum = weir::from_range(std::views::iota(std::uint64_t{0}, bench::hop_items)) |
                   weir::buffer(bench::hop_capacity) | weir::fold(std::uint64_t{0}, std::plus<>{});
        if (runtime.run(std::move(sum)) != bench::sum_below(bench::hop_items)) {
            throw std::logic_error("weir buffer: wrong sum");
        }
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bench::hop_items));
}
BENCHMARK(weir_buffer)->Name("weir")->Iterations(3)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
