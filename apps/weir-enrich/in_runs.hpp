/// Trades in runs of what is ready at once.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/pull.hpp>

#include <exception>
#include <memory>
#include <utility>

#include "fit_to_write.hpp"
#include "texts.hpp"
#include "trade_run.hpp"

namespace weir_enrich {

template <class S>
class run_stream : public weir::pullable<run_stream<S>> {
public:
    using value_type = owned_run;

    run_stream(S upstream, std::shared_ptr<run_pool> pool, texts& borrowed, fit_to_write fits)
        : upstream_(std::move(upstream)),
          pool_(std::move(pool)),
          texts_(&borrowed),
          fits_(std::move(fits)) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        while (!ended_) {
            owned_run run;
            if (nothing_joined_) texts_->collect();
            const auto state = gather(cx, run);
            ended_ = state == weir::poll_state::finished;
            nothing_joined_ = state == weir::poll_state::pending;
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
                if (!fits_(x)) return true;
                if (!run) begin(run);  // not for a poll that brings nothing
                run->trades.push_back(x);
                return run->trades.size() < pool_->trades_a_run();
            });
        } catch (...) {
            failure_ = std::current_exception();
            return weir::poll_state::finished;
        }
    }

    void begin(owned_run& run) {
        run = pool_->take();
        run->texts = texts_->hold();
    }

    S upstream_;
    std::shared_ptr<run_pool> pool_;
    texts* texts_;
    fit_to_write fits_;
    std::exception_ptr failure_;
    bool ended_ = false;
    bool nothing_joined_ = true;  // upstream has no trade that is joined and not yet here
};

/// Gathers trades into runs of the pool, and lets none wait: a run goes on when upstream has
/// nothing more ready. (`weir::batch` waits for it to be full, or for time to pass.)
/// Errors: those of upstream, behind the trades that came before.
///
/// The trades borrow from `borrowed`, which each run holds as long as it is there, and which is
/// asked to free what nothing borrows any more. Trades that `fits` refuses are left out.
inline auto in_runs(std::shared_ptr<run_pool> pool, texts& borrowed, fit_to_write fits) {
    return weir::pipe(
        [pool = std::move(pool), &borrowed, fits = std::move(fits)](auto upstream) mutable {
            return run_stream<decltype(upstream)>(std::move(upstream), std::move(pool), borrowed,
                                                  std::move(fits));
        });
}

}  // namespace weir_enrich
