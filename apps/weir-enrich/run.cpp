#include "run.hpp"

#include <weir/core/stage.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/runtime/runtime.hpp>

#include <fmt/format.h>
#include <shared/interruption.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <future>
#include <mutex>
#include <stop_token>
#include <utility>

#include "delivery.hpp"
#include "joining.hpp"
#include "latencies.hpp"
#include "now.hpp"

namespace weir_enrich {

namespace {

/// A failure without the names of the program's parts, which say nothing to its users.
std::exception_ptr cause_of(std::exception_ptr error) {
    for (;;) {
        try {
            std::rethrow_exception(error);
        } catch (const weir::pipeline_error& e) {
            error = e.cause();
        } catch (const weir::stage_error& e) {
            error = e.cause();
        } catch (...) {
            return error;
        }
    }
}

/// The joins, what goes into them, and what becomes of what comes out.
class enricher {
public:
    enricher(const run_options& o, run_state& state, const observer& seen)
        : joining_(o, state), outputs_(o, state, seen) {}

    void build(weir::pipeline& p, const asio::any_io_executor& executor) {
        outputs_.build(p, executor, joining_.open(p, executor));
    }

    /// To be called when all is over.
    void close() {
        outputs_.close();
        joining_.close();
    }

private:
    joining joining_;
    delivery outputs_;
};

/// One to join, to encode and to write to ports, one for what may wait for a disk, and those who
/// encode where they are several. No more: each thread of a pool that has nothing to do is woken
/// when something comes by the network, which costs those that have.
std::size_t threads_of(const run_options& o) {
    const auto to_disk = [](const place& p) {
        return p.kind == place_kind::file || p.kind == place_kind::standard;
    };
    const bool waits = o.figures || o.out.empty() || std::ranges::any_of(o.out, to_disk);
    return 1 + (waits ? 1 : 0) + (o.workers == 1 ? 0 : o.workers);
}

void wait_for(std::future<void>& over, const observer& seen, const std::stop_token& interrupted) {
    if (seen.show) {
        while (over.wait_for(seen.period) != std::future_status::ready) {
            if (interrupted.stop_requested()) break;
            seen.show();
        }
    }
    if (seen.stop_showing) seen.stop_showing();
    over.wait();
}

}  // namespace

bool run_to_end(const run_options& o, run_state& state, const observer& seen) {
    // It outlives the databases of the outputs, whose threads post to it.
    weir::runtime rt(threads_of(o));
    enricher work(o, state, seen);
    weir::pipeline p("weir-enrich", rt.executor());
    const weir_apps::interruption interrupted;
    const std::stop_callback drain(interrupted.token(), [&p, &o] {
        // Who waits for the pipeline sees how it ends.
        p.drain(o.drain_within, [](const std::exception_ptr&, const weir::drain_report&) {});
    });
    work.build(p, rt.executor());
    auto over = p.run(asio::use_future);
    wait_for(over, seen, interrupted.token());
    std::exception_ptr error;
    try {
        over.get();
    } catch (...) {
        error = cause_of(std::current_exception());
    }
    if (error) std::rethrow_exception(error);
    work.close();
    return !interrupted.token().stop_requested();
}

std::string ledger_line(const run_state& s) {
    const run_counts& c = s.counts;
    std::string line =
        fmt::format("received {} = emitted {} + dropped {} + rejected {}", c.received(),
                    c.emitted.value(), c.dropped.value(), c.rejected());
    if (c.in_flight() != 0) line += fmt::format(" + lost {}", c.in_flight());
    if (c.missing() != 0) {
        line += fmt::format("; missing: instruments {}, accounts {}, rates {}",
                            c.no_instrument.value(), c.no_account.value(), c.no_rate.value());
    }
    if (c.waited.value() != 0) {
        line += fmt::format("; waited {}, in vain {}, too many {}", c.waited.value(),
                            c.gave_up.value(), c.crowded_out.value());
    }
    if (c.late.value() + c.ahead.value() != 0) {
        line += fmt::format("; left out of the figures: late {}, ahead {}", c.late.value(),
                            c.ahead.value());
    }
    if (s.accounts.refused() + s.rates.refused() != 0) {
        line += fmt::format("; updates left out: accounts {}, rates {}", s.accounts.refused(),
                            s.rates.refused());
    }
    return line;
}

exit_code run(const run_options& o) {
    run_state state;
    latencies delays;
    std::mutex writing;  // what writes may be several
    observer seen;
    if (o.latency) {
        seen.on_written = [&delays, &writing](const std::vector<enriched_trade>& trades) {
            const std::int64_t written = now();
            const std::lock_guard lock(writing);
            delays.add(trades, written);
        };
    }
    const auto tell = [&] {
        if (o.latency) fmt::print(stderr, "weir-enrich: latency {}\n", delays.line());
        fmt::print(stderr, "weir-enrich: {}\n", ledger_line(state));
    };
    bool ended = false;
    try {
        ended = run_to_end(o, state, seen);
    } catch (...) {
        tell();
        throw;
    }
    tell();
    if (!ended) return exit_code::interrupted;
    const bool all = state.counts.dropped.value() + state.counts.rejected() == 0;
    return all ? exit_code::success : exit_code::rejects;
}

}  // namespace weir_enrich
