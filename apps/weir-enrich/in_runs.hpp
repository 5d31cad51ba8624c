/// Trades in runs of what is ready at once.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/pull.hpp>

#include <exception>
#include <memory>
#include <utility>

#include "trade_run.hpp"

namespace weir_enrich {

template <class S>
class run_stream : public weir::pullable<run_stream<S>> {
public:
    using value_type = owned_run;

    run_stream(S upstream, std::shared_ptr<run_pool> pool)
        : upstream_(std::move(upstream)), pool_(std::move(pool)) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        while (!ended_) {
            owned_run run;
            const auto state = gather(cx, run);
            ended_ = state == weir::poll_state::finished;
            if (run && !sink(std::move(run))) return weir::poll_state::paused;
            if (state == weir::poll_state::pending) return state;
        }
        // Behind the trades that came before.
        if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
        return weir::poll_state::finished;
    }

private:
    weir::poll_state gather(weir::poll_context& cx, owned_run& run) {
        try {
            return upstream_.poll(cx, [this, &run](const enriched_trade& x) {
                if (!run) run = pool_->take();  // not for a poll that brings nothing
                run->trades.push_back(x);
                return run->trades.size() < pool_->trades_a_run();
            });
        } catch (...) {
            failure_ = std::current_exception();
            return weir::poll_state::finished;
        }
    }

    S upstream_;
    std::shared_ptr<run_pool> pool_;
    std::exception_ptr failure_;
    bool ended_ = false;
};

/// Gathers trades into runs of the pool, and lets none wait: a run goes on when upstream has
/// nothing more ready. (`weir::batch` waits for it to be full, or for time to pass.)
/// Errors: those of upstream, behind the trades that came before.
inline auto in_runs(std::shared_ptr<run_pool> pool) {
    return weir::pipe([pool = std::move(pool)](auto upstream) mutable {
        return run_stream<decltype(upstream)>(std::move(upstream), std::move(pool));
    });
}

}  // namespace weir_enrich
