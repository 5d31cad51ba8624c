// The ladder of docs/joins.md, each rung with the same trades and joins: what an enriched trade
// costs with no more to do on it (0), and with 200 ns of work. Two cores at most do the work.
#include <weir/channel/channel.hpp>
#include <weir/channel/shared_channel.hpp>
#include <weir/joins/partition.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/parallel.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/into.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <cmath>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "enrich_input.hpp"

namespace {

constexpr std::size_t workers = 2;

using tables = std::shared_ptr<const bench::instrument_table>;

// What every rung is given.
struct rung {
    weir::runtime& rt;
    bench::extra_work work;
    tables instruments;
    weir::item_count misses;

    auto enriched() const { return bench::trades_in_chunks() | bench::enrich(instruments, misses); }
};

// Times `climb(rung)`, which returns the sum over all trades.
template <class Climb>
void measure(benchmark::State& state, Climb climb) {
    static const auto instruments =
        std::make_shared<const bench::instrument_table>(bench::all_instruments());
    bench::all_trades();
    weir::runtime rt(workers);
    const bench::extra_work work(state.range(0));
    for (auto _ : state) {
        const weir::item_count misses;
        const double sum = climb(rung{rt, work, instruments, misses});
        if (misses.value() != 0 || !std::isfinite(sum)) throw std::logic_error("weir: wrong sum");
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bench::trades));
}

void rethrow(std::exception_ptr failure) {
    if (failure) std::rethrow_exception(std::move(failure));
}

void one_thread(benchmark::State& state) {
    measure(state, [](const rung& r) {
        return r.rt.run(r.enriched() | weir::map(r.work) | bench::sum());
    });
}
BENCHMARK(one_thread)->Arg(0)->Arg(200)->Iterations(1)->UseRealTime();

void thread_per_stage(benchmark::State& state) {
    measure(state, [](const rung& r) {
        auto joined = r.enriched() | weir::buffer(bench::channel_capacity);
        return r.rt.run(std::move(joined) | weir::map(r.work) | bench::sum());
    });
}
BENCHMARK(thread_per_stage)->Arg(0)->Arg(200)->Iterations(1)->UseRealTime();

asio::awaitable<void> work_on_items(bench::extra_work work,
                                    weir::shared_receiver<bench::enriched> from,
                                    weir::shared_sender<bench::enriched> to) {
    while (auto item = co_await from.next()) {
        bench::enriched done = work(*item);
        if (!to.try_send(std::move(done))) co_await to.send(done);
    }
}

// Each worker takes a trade, sends it on, takes another. In no order.
void item_by_item(benchmark::State& state) {
    measure(state, [](const rung& r) {
        auto to_do = weir::mpmc_channel<bench::enriched>(bench::channel_capacity);
        auto done = weir::mpsc_channel<bench::enriched>(bench::channel_capacity);
        for (std::size_t i = 0; i != workers; ++i) {
            asio::co_spawn(asio::make_strand(r.rt.context()),
                           work_on_items(r.work, to_do.receiver, done.sender), rethrow);
        }
        done.sender.leave();
        auto send = r.enriched() | weir::into(std::move(to_do.sender));
        std::move(send).start(r.rt.executor(), rethrow);
        return r.rt.run(std::move(done.receiver) | bench::sum());
    });
}
BENCHMARK(item_by_item)->Arg(0)->Arg(200)->Iterations(1)->UseRealTime();

// In order.
void in_runs(benchmark::State& state) {
    measure(state, [](const rung& r) {
        return r.rt.run(r.enriched() | weir::parallel(workers, r.work) | bench::sum());
    });
}
BENCHMARK(in_runs)->Name("weir")->Arg(0)->Arg(200)->Iterations(1)->UseRealTime();

asio::awaitable<double> by_part(rung r) {
    weir::pipeline p("enrich", r.rt.executor());
    std::array<double, workers> sums{};
    auto parts =
        weir::partition<bench::trade>([](const bench::trade& x) { return x.instrument % workers; });
    for (std::size_t i = 0; i != workers; ++i) {
        auto add = [&sum = sums[i]](const bench::enriched& x) { sum += bench::use(x); };
        p.add("part " + std::to_string(i), parts.branch(bench::channel_capacity) |
                                               bench::enrich(r.instruments, r.misses) |
                                               weir::map(r.work) | weir::for_each(add));
    }
    p.add("split", bench::trades_in_chunks() | weir::into(std::move(parts)));
    co_await p.run();
    co_return sums[0] + sums[1];
}

void by_instrument(benchmark::State& state) {
    measure(state, [](const rung& r) { return r.rt.run(by_part(r)); });
}
BENCHMARK(by_instrument)->Arg(0)->Arg(200)->Iterations(1)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
