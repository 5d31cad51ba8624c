/// Chunks of the trades that are ready at once.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/pull.hpp>

#include <weir-enrich/model/string_pool.hpp>
#include <weir-enrich/outputs/trade_chunk.hpp>
#include <weir-enrich/outputs/writable_check.hpp>

#include <exception>
#include <memory>
#include <utility>

namespace weir_enrich {

template <class S>
class pooled_chunk_stream : public weir::pullable<pooled_chunk_stream<S>> {
public:
    using value_type = owned_chunk;

    pooled_chunk_stream(S upstream, std::shared_ptr<chunk_pool> pool, string_pool& borrowed,
                        writable_check fits)
        : upstream_(std::move(upstream)),
          pool_(std::move(pool)),
          strings_(&borrowed),
          fits_(std::move(fits)) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        while (!ended_) {
            owned_chunk chunk;
            if (nothing_joined_) strings_->collect();
            const auto state = gather(cx, chunk);
            ended_ = state == weir::poll_state::finished;
            nothing_joined_ = state == weir::poll_state::pending;
            if (chunk && !sink(std::move(chunk))) return weir::poll_state::paused;
            if (state == weir::poll_state::pending) return state;
        }
        // The trades that came before the failure have been passed on.
        if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
        return weir::poll_state::finished;
    }

private:
    weir::poll_state gather(weir::poll_context& cx, owned_chunk& chunk) {
        try {
            return upstream_.poll(cx, [this, &chunk](const enriched_trade& x) {
                if (!fits_(x)) return true;
                if (!chunk) begin(chunk);  // only once a trade comes
                chunk->trades.push_back(x);
                return chunk->trades.size() < pool_->trades_per_chunk();
            });
        } catch (...) {
            failure_ = std::current_exception();
            return weir::poll_state::finished;
        }
    }

    void begin(owned_chunk& chunk) {
        chunk = pool_->take();
        chunk->strings = strings_->pin();
    }

    S upstream_;
    std::shared_ptr<chunk_pool> pool_;
    string_pool* strings_;
    writable_check fits_;
    std::exception_ptr failure_;
    bool ended_ = false;
    bool nothing_joined_ = true;  // upstream holds no joined trade
};

/// Gathers trades into chunks of the pool: `weir::ready_chunks` with memory that is reused. A chunk
/// goes on as soon as upstream has nothing more ready. Errors: those of upstream, after the trades
/// that came before.
///
/// Each chunk pins the strings that its trades borrow from `borrowed`. Between polls, when no
/// joined trade is without a pin, `borrowed` is told to free what is not borrowed any more. That is
/// why this cannot be `weir::ready_chunks`. Trades that `fits` refuses are left out.
inline auto pooled_chunks(std::shared_ptr<chunk_pool> pool, string_pool& borrowed,
                          writable_check fits) {
    return weir::pipe(
        [pool = std::move(pool), &borrowed, fits = std::move(fits)](auto upstream) mutable {
            return pooled_chunk_stream<decltype(upstream)>(std::move(upstream), std::move(pool),
                                                           borrowed, std::move(fits));
        });
}

}  // namespace weir_enrich
