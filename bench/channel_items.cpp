// The claim: with two threads, sending and receiving item by item costs at most what it costs with
// kanal's async channel.
#include "channel_items.hpp"

#include <weir/channel/channel.hpp>
#include <weir/channel/shared_channel.hpp>
#include <weir/runtime/runtime.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <stdexcept>

#include "buffer_hop.hpp"

namespace {

constexpr std::uint64_t items = bench::hop_items / 4;

void rethrow(std::exception_ptr failure) {
    if (failure) std::rethrow_exception(std::move(failure));
}

// One coroutine sends and one receives, on a pool of two threads.
template <class Make>
void hop(benchmark::State& state, Make make) {
    weir::runtime runtime(2);
    for (auto _ : state) {
        auto ends = make(static_cast<std::size_t>(bench::hop_large));
        asio::co_spawn(asio::make_strand(runtime.context()),
                       bench::send_items(std::move(ends.sender), items), rethrow);
        if (runtime.run(bench::sum_items(std::move(ends.receiver))) != bench::sum_below(items)) {
            throw std::logic_error("weir: wrong sum");
        }
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
}

void one_to_one(benchmark::State& state) {
    hop(state, [](std::size_t n) { return weir::channel<std::uint64_t>(n); });
}
BENCHMARK(one_to_one)->Name("weir")->Iterations(3)->UseRealTime();

void shared(benchmark::State& state) {
    hop(state, [](std::size_t n) { return weir::mpmc_channel<std::uint64_t>(n); });
}
BENCHMARK(shared)->Name("weir_mpmc")->Iterations(3)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
