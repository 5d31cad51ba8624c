#include "run.hpp"

#include <weir/pipeline/pipeline.hpp>
#include <weir/runtime/runtime.hpp>

#include <fmt/format.h>
#include <shared/interruption.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <future>
#include <optional>
#include <stop_token>
#include <utility>

#include "delivery.hpp"
#include "enrichment.hpp"
#include "in_runs.hpp"
#include "side_output.hpp"

namespace weir_enrich {

namespace {

constexpr std::size_t trades_a_run = 256;

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
        : options_(o), state_(state), bad_(state.counts), outputs_(o, state, seen) {
        if (o.missing == on_missing::side_output) side_.emplace(o.side_output);
    }

    void build(weir::pipeline& p, const asio::any_io_executor& executor) {
        auto listed = open_instruments(options_.instruments, options_.trades.seed, texts_);
        auto accounts = open_accounts({options_.accounts, executor, texts_, state_.accounts});
        auto rates = open_rates({options_.rates, executor, texts_, state_.rates});
        auto trades = open_trades(p, executor, options_.trades, state_.counts, bad_);
        const auto divert = [this](const trade& t) { side_->add(t); };
        enrichment_options<decltype(divert)> how{std::move(listed), options_.missing, state_.counts,
                                                 divert};
        weir::any_stream<std::vector<enriched_trade>> runs =
            std::move(trades) | enrich(std::move(accounts), std::move(rates), std::move(how)) |
            in_runs(trades_a_run);
        outputs_.build(p, executor, std::move(runs));
    }

    /// To be called when all is over.
    void close() {
        outputs_.close();
        if (side_) side_->close();
    }

private:
    const run_options& options_;
    run_state& state_;
    texts texts_;
    bad_records bad_;
    delivery outputs_;
    std::optional<side_output> side_;
};

void wait_for(std::future<void>& over, const observer& seen) {
    if (!seen.show) return over.wait();
    while (over.wait_for(seen.period) != std::future_status::ready) seen.show();
}

}  // namespace

bool run_to_end(const run_options& o, run_state& state, const observer& seen) {
    // One to join, some to write or to read a table again, and those who encode. It outlives the
    // databases of the outputs, whose threads post to it.
    weir::runtime rt(o.workers + std::max<std::size_t>(1, o.out.size()));
    enricher work(o, state, seen);
    weir::pipeline p("weir-enrich", rt.executor());
    const weir_apps::interruption interrupted;
    const std::stop_callback drain(interrupted.token(), [&p, &o] {
        // Who waits for the pipeline sees how it ends.
        p.drain(o.drain_within, [](const std::exception_ptr&, const weir::drain_report&) {});
    });
    work.build(p, rt.executor());
    auto over = p.run(asio::use_future);
    wait_for(over, seen);
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

std::string ledger_line(const run_counts& c) {
    std::string line =
        fmt::format("received {} = emitted {} + dropped {} + rejected {}", c.received(),
                    c.emitted.value(), c.dropped.value(), c.rejected());
    if (c.in_flight() != 0) line += fmt::format(" + lost {}", c.in_flight());
    if (c.missing() != 0) {
        line += fmt::format("; missing: instruments {}, accounts {}, rates {}",
                            c.no_instrument.value(), c.no_account.value(), c.no_rate.value());
    }
    return line;
}

exit_code run(const run_options& o) {
    run_state state;
    bool ended = false;
    try {
        ended = run_to_end(o, state, {});
    } catch (...) {
        fmt::print(stderr, "weir-enrich: {}\n", ledger_line(state.counts));
        throw;
    }
    fmt::print(stderr, "weir-enrich: {}\n", ledger_line(state.counts));
    if (!ended) return exit_code::interrupted;
    const bool all = state.counts.dropped.value() + state.counts.rejected() == 0;
    return all ? exit_code::success : exit_code::rejects;
}

}  // namespace weir_enrich
