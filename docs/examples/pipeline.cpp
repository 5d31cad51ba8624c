// A service of three segments reads, checks and stores readings until a signal ends it.
#include <weir/core/asio.hpp>
#include <weir/operators/batch.hpp>
#include <weir/operators/filter.hpp>
#include <weir/operators/split_errors.hpp>
#include <weir/operators/try_map.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/into.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/interval.hpp>

#include <asio.hpp>

#include <chrono>
#include <csignal>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;

struct reading {
    std::uint64_t number;
    double value;
};

// A sensor. The first connection fails.
weir::any_stream<std::uint64_t> connect() {
    static int attempts = 0;
    if (++attempts == 1) throw std::runtime_error("the sensor does not answer");
    return weir::interval(1ms);
}

absl::StatusOr<reading> check(std::uint64_t tick) {
    if (tick % 10 == 9) return absl::InvalidArgumentError("out of range");
    return reading{tick, 20.5};
}

// [service]
asio::awaitable<void> serve(asio::any_io_executor executor, std::vector<reading>& stored) {
    weir::pipeline p("readings", executor);
    auto [to_check, ticks] = p.channel<std::uint64_t>("ticks", 64);
    auto [to_store, batches] = p.channel<std::vector<reading>>("batches", 2);

    // Read. After a failure connect again: after 100 ms, 200 ms, ... at most 30 s.
    auto tell = [](const weir::restart_notice& n) {
        std::cerr << weir::describe(n.error) << "; again in " << n.wait / 1ms << " ms\n";
    };
    auto feed = [&p, to = weir::make_reusable(std::move(to_check))] {
        return connect() | p.source("sensor") | weir::into(to);
    };
    p.add("feed", weir::restart{.jitter = 0.2, .on_failure = tell}, feed);

    // Check, and count the items in a ledger.
    auto skip_first = weir::filter([](std::uint64_t tick) { return tick != 0; });
    auto reject = [](const absl::Status& why) { std::cerr << why.message() << '\n'; };
    p.add("check", std::move(ticks) |
                       p.stage("check", skip_first | weir::try_map(check) |
                                            weir::split_errors(reject) | weir::batch(100)) |
                       weir::into(std::move(to_store)));

    // Store.
    auto store = [&stored](const std::vector<reading>& batch) {
        stored.insert(stored.end(), batch.begin(), batch.end());
    };
    p.add("store", std::move(batches) | weir::for_each(store, "store"));

    p.drain_on_signals(5s);  // SIGINT and SIGTERM drain it; a second one cancels it
    co_await p.run();
    std::cout << weir::to_dot(p.graph());
}
// [/service]

// [report]
asio::awaitable<void> end(weir::pipeline& p) {
    const auto report = co_await p.drain(5s);
    for (const auto& name : report.cut_off) std::cerr << name << " was cut off\n";
    for (const auto& segment : report.state.segments) {
        for (const auto& stage : segment.stages) {
            std::cout << stage.name << ": " << stage.items.in << " in, " << stage.items.out
                      << " out, " << stage.items.filtered << " filtered, " << stage.items.rejected
                      << " rejected, " << stage.items.dropped << " dropped\n";
        }
    }
}
// [/report]

// [errors]
asio::awaitable<void> run(weir::pipeline& p) {
    try {
        co_await p.run();
    } catch (const weir::pipeline_error& e) {
        // pipeline 'load': segment 'read': map 'parse': bad item
        std::cerr << e.what() << '\n';
    }
}
// [/errors]

int main() {
    std::vector<reading> stored;
    weir::runtime rt(2);

    // Ctrl-C, after a while.
    asio::steady_timer later(rt.executor(), 250ms);
    later.async_wait([](const asio::error_code&) { std::raise(SIGINT); });
    rt.run(serve(rt.executor(), stored));

    // Two small pipelines for the other snippets.
    auto numbers = [] { return weir::interval(1ms); };
    auto fail = [](std::uint64_t) { throw std::invalid_argument("bad item"); };
    weir::pipeline failing("load", rt.executor());
    failing.add("read", numbers() | weir::for_each(fail, "parse"));
    rt.run(run(failing));

    // [small]
    weir::pipeline drained("count", rt.executor());
    drained.add("all", numbers() | drained.source("ticks") | weir::for_each([](std::uint64_t) {}));
    auto running = drained.run(asio::use_future);
    rt.run(end(drained));
    running.get();
    // [/small]
    return stored.empty() ? 1 : 0;
}
