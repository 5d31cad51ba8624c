#include "run.hpp"

#include <weir/core/stage.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/runtime/runtime.hpp>

#include <fmt/format.h>
#include <shared/leave_process.hpp>
#include <shared/whole_program.hpp>
#include <weir-enrich/cli/used_endpoints.hpp>
#include <weir-enrich/endpoints/pending_calls.hpp>
#include <weir-enrich/joins/enrichment_graph.hpp>
#include <weir-enrich/model/now.hpp>
#include <weir-enrich/model/time_text.hpp>
#include <weir-enrich/outputs/latencies.hpp>
#include <weir-enrich/outputs/outputs.hpp>
#include <weir-enrich/tables/reading_stopped.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <future>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <utility>

namespace weir_enrich {

namespace {

/// The cause of a failure, without the names of segments and stages, which mean nothing to users.
std::exception_ptr cause_of(std::exception_ptr error) {
    for (;;) {
        try {
            std::rethrow_exception(error);
        } catch (const weir::pipeline_error& e) {
            // It belongs to no single segment: it names what the deadline of a drain cut off.
            if (e.segment().empty()) return error;
            error = e.cause();
        } catch (const weir::stage_error& e) {
            error = e.cause();
        } catch (...) {
            return error;
        }
    }
}

/// The joins with their inputs and outputs.
class enricher {
public:
    enricher(const run_options& o, run_state& state, const observer& seen)
        : options_(o), state_(state), seen_(seen), graph_(o, state) {}

    /// Opens the inputs first, then the outputs. The files of an earlier run are emptied only after
    /// all of them are open.
    void build(weir::pipeline& p, const asio::any_io_executor& executor) {
        enrichment_graph::inputs in = graph_.open(p, executor);
        outputs_.emplace(options_, state_, seen_, executor);
        graph_.open_records();
        graph_.begin();
        outputs_->begin();
        outputs_->build(p, graph_.join(p, std::move(in)), graph_.records());
    }

    /// Call it after the pipeline has ended.
    void close() {
        outputs_->close();
        graph_.close();
    }

private:
    const run_options& options_;
    run_state& state_;
    const observer& seen_;
    enrichment_graph graph_;
    std::optional<outputs> outputs_;
};

/// One thread joins, encodes and writes to ports. Each segment that may wait for a disk has one
/// more (the files, and the statistics), so that neither holds up the other. With several workers
/// each has a thread. There are no more, because the network would wake idle threads, and that
/// slows the busy ones.
std::size_t threads_of(const run_options& o) {
    const auto to_disk = [](const endpoint& p) {
        return p.kind == endpoint_kind::file || p.kind == endpoint_kind::standard;
    };
    const bool files_wait = o.out.empty() ? !o.statistics : std::ranges::any_of(o.out, to_disk);
    const std::size_t wait = (o.statistics ? 1u : 0u) + (files_wait ? 1u : 0u);
    return 1 + wait + (o.workers == 1 ? 0 : o.workers);
}

using result = std::future<std::exception_ptr>;

/// Runs `p` on the threads of its executor. Asio's use_future would start the threads of the system
/// executor as well.
result run(weir::pipeline& p) {
    std::promise<std::exception_ptr> promise;
    result over = promise.get_future();
    p.run([promise = std::move(promise)](std::exception_ptr error) mutable {
        promise.set_value(std::move(error));
    });
    return over;
}

void wait_for(const result& over, const observer& seen, const std::stop_token& interrupted) {
    if (seen.show) {
        while (over.wait_for(seen.period) != std::future_status::ready) {
            if (interrupted.stop_requested()) break;
            seen.show();
        }
    }
    if (seen.stop_showing) seen.stop_showing();
    over.wait();
}

using std::chrono::milliseconds;

// After the deadline, cancelled calls have this long to return before the process ends without
// them. A run that is cut off takes at least this long, so that it can print its counts.
constexpr milliseconds time_to_let_go{1'000};

/// How long a pipeline may drain before it is cut off.
milliseconds time_to_drain(const run_options& o) {
    return o.drain_within - std::min(time_to_let_go, o.drain_within / 4);
}

/// The names of all outputs, for the case that no waiting call is known.
std::string outputs_of(const run_options& o) {
    std::string names;
    for (const endpoint& p : o.out) names += (names.empty() ? "" : ", ") + p.text;
    if (o.statistics) names += (names.empty() ? "" : ", ") + o.statistics->to.text;
    return names;
}

/// The message about work that was not done in time.
std::string cut_off(const run_options& o, std::string_view after, std::string_view what) {
    return fmt::format("weir-enrich: error: not over {} after the {}: cut off {}\n",
                       time_text(std::chrono::duration<double, std::nano>(o.drain_within).count()),
                       after, what);
}

std::string text_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        return e.what();
    } catch (...) {
        return "unknown";
    }
}

}  // namespace

weir_apps::end_limit end_limit_of(const run_options& o, const run_state& state,
                                  std::function<std::string()> books) {
    const auto late = [&o, &state, books = std::move(books)] {
        const auto calls = pending_calls();
        const std::string what =
            calls.empty() ? outputs_of(o) : fmt::format("while {}", fmt::join(calls, ", "));
        const std::string why = state.failure.text();
        std::string lines = why.empty() ? "" : fmt::format("weir-enrich: error: {}\n", why);
        lines += cut_off(o, why.empty() ? "interruption" : "failure", what);
        weir_apps::leave_process(exit_code::failure, lines + books());
    };
    return {std::max(o.drain_within, time_to_let_go), late};
}

bool run_to_end(const run_options& o, run_state& state, const observer& seen) {
    // The runtime outlives the outputs, because the threads of their databases post to it.
    weir::runtime rt(threads_of(o));
    enricher work(o, state, seen);
    weir::pipeline p("weir-enrich", rt.executor());
    const std::stop_callback drain(state.stop, [&p, &o] {
        // `wait_for` sees how the pipeline ends.
        p.drain(time_to_drain(o), [](const std::exception_ptr&, const weir::drain_report&) {});
    });
    p.on_failure([&state, &seen](const std::exception_ptr& error) {
        state.failure.set(text_of(cause_of(error)));
        if (seen.on_failure) seen.on_failure();
    });
    try {
        work.build(p, rt.executor());
    } catch (const reading_stopped&) {
        return false;  // no trade was taken yet
    }
    result over = run(p);
    wait_for(over, seen, state.stop);
    if (const auto error = over.get()) std::rethrow_exception(cause_of(error));
    work.close();
    return !state.stop.stop_requested();
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
                            c.timed_out.value(), c.evicted.value());
    }
    const connection_counts& n = s.connections;
    if (n.refused() + n.idled() + n.cut_shorts() != 0) {
        line += fmt::format("; connections: refused {}, idle {}, cut short {}", n.refused(),
                            n.idled(), n.cut_shorts());
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
    check_endpoints(o);
    run_state state;
    latencies delays;
    std::mutex writing;  // several outputs may write at the same time
    observer seen;
    if (o.latency) {
        seen.on_written = [&delays, &writing](const std::vector<enriched_trade>& trades) {
            const std::int64_t written = now();
            const std::lock_guard lock(writing);
            delays.add(trades, written);
        };
    }
    const auto books = [&] {
        std::string lines;
        if (o.latency) {
            const std::lock_guard lock(writing);
            lines = fmt::format("weir-enrich: latency {}\n", delays.line());
        }
        return lines + fmt::format("weir-enrich: {}\n", ledger_line(state));
    };
    weir_apps::interruption interrupted(end_limit_of(o, state, books));
    seen.on_failure = [&interrupted] { interrupted.begin_limit(); };
    state.stop = interrupted.token();
    bool ended = false;
    try {
        ended = run_to_end(o, state, seen);
    } catch (...) {
        weir_apps::print_error(books());
        throw;
    }
    weir_apps::print_error(books());
    if (!ended) return exit_code::interrupted;
    const bool all = state.counts.dropped.value() + state.counts.rejected() == 0;
    return all ? exit_code::success : exit_code::rejects;
}

}  // namespace weir_enrich
