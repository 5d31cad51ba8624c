// The claim: four producers and one consumer, at least three times as fast as tokio's mpsc, and no
// producer gets less than 0.8 of its fair share.
#include <weir/channel/shared_channel.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/take.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/into.hpp>
#include <weir/sources/from_range.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <ranges>
#include <stdexcept>

#include "buffer_hop.hpp"
#include "channel_items.hpp"

namespace {

constexpr std::size_t producers = 4;
constexpr std::size_t capacity = 1024;
constexpr std::uint64_t items = 8'000'000;
constexpr std::uint64_t share = items / producers;

void rethrow(std::exception_ptr failure) {
    if (failure) std::rethrow_exception(std::move(failure));
}

void check(std::uint64_t sum) {
    if (sum != producers * bench::sum_below(share)) throw std::logic_error("weir: wrong sum");
}

// Pipelines on both sides: items cross in runs.
void pipelines(benchmark::State& state) {
    weir::runtime runtime(2);
    for (auto _ : state) {
        auto ends = weir::mpsc_channel<std::uint64_t>(capacity);
        for (std::size_t i = 0; i < producers; ++i) {
            auto numbers = weir::from_range(std::views::iota(std::uint64_t{0}, share));
            auto send = std::move(numbers) | weir::into(ends.sender);
            std::move(send).start(runtime.executor(), rethrow);
        }
        ends.sender.leave();
        auto sum = weir::fold(std::uint64_t{0}, std::plus<>{});
        check(runtime.run(std::move(ends.receiver) | std::move(sum)));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
}
BENCHMARK(pipelines)->Name("weir")->Iterations(2)->UseRealTime();

// Coroutines on both sides, item by item, as tokio's peer does it.
void coroutines(benchmark::State& state) {
    weir::runtime runtime(2);
    for (auto _ : state) {
        auto ends = weir::mpsc_channel<std::uint64_t>(capacity);
        for (std::size_t i = 0; i < producers; ++i) {
            auto to = ends.sender;
            asio::co_spawn(asio::make_strand(runtime.context()),
                           bench::send_items(std::move(to), share), rethrow);
        }
        ends.sender.leave();
        check(runtime.run(bench::sum_items(std::move(ends.receiver))));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
}
BENCHMARK(coroutines)->Name("weir_item_by_item")->Iterations(2)->UseRealTime();

// Endless producers, of which a consumer takes a number of items: what the one that got least
// through has of its fair share.
void fairness(benchmark::State& state) {
    weir::runtime runtime(2);
    double least = 1;
    for (auto _ : state) {
        auto ends = weir::mpsc_channel<std::size_t>(capacity);
        for (std::size_t i = 0; i < producers; ++i) {
            auto mine = weir::from_range(std::views::iota(0)) | weir::map([i](int) { return i; });
            auto send = std::move(mine) | weir::into(ends.sender);
            std::move(send).start(runtime.executor(), rethrow);
        }
        ends.sender.leave();
        std::array<std::uint64_t, producers> got{};
        auto tally = weir::for_each([&got](std::size_t who) { ++got[who]; });
        runtime.run(std::move(ends.receiver) | weir::take(items) | std::move(tally));
        const auto fewest = *std::min_element(got.begin(), got.end());
        least = std::min(least, static_cast<double>(fewest) / static_cast<double>(share));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
    state.counters["share"] = least;
}
BENCHMARK(fairness)->Name("fairness")->Iterations(1)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
