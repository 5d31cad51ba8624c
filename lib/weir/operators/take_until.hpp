/// take_until: ends a stream from outside, so that the rest of the pipeline finishes its work.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/step_kind.hpp>
#include <weir/core/waker.hpp>
#include <weir/runtime/pull.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

namespace weir {

namespace detail {

template <class S>
class take_until_stream : public pullable<take_until_stream<S>> {
    // On the heap, because the callback refers to it and the stream may move.
    struct watch {
        struct on_stop {
            watch* self;
            void operator()() const noexcept {
                self->stopped.store(true);  // before the wake-up: see waker_slot
                self->slot.wake();
            }
        };
        explicit watch(std::stop_token token) : callback(std::move(token), on_stop{this}) {}

        waker_slot slot;
        std::atomic<bool> stopped{false};  // false -> true, once
        std::stop_callback<on_stop> callback;
    };

public:
    static constexpr step_kind step = step_kind::passes;
    using value_type = item_t<S>;

    take_until_stream(S upstream, std::stop_token stop)
        : upstream_(std::move(upstream)), watch_(std::make_unique<watch>(std::move(stop))) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        watch_->slot.arm(cx.poller());
        if (watch_->stopped.load()) {
            if constexpr (drainable_stream<S>) {
                upstream_->drain();
            } else {
                upstream_.reset();
                return poll_state::finished;
            }
        }
        return upstream_->poll(cx, std::forward<Sink>(sink));
    }

private:
    std::optional<S> upstream_;
    std::unique_ptr<watch> watch_;
};

}  // namespace detail

/// Passes on items until `stop` is requested, and then ends. Upstream is destroyed at the next
/// poll, and items that are already downstream are processed. This is a drain, not a cancellation:
/// the terminal succeeds.
///
///     csv::read(file) | weir::take_until(interrupted.get_token()) | ... | sqlite::insert_into(...)
///
/// Requesting the stop is thread-safe, and wakes a waiting stream. Items that upstream has already
/// passed on are not lost; other items stay in upstream. A stream that can be drained
/// (`drainable_stream`) is drained, and passes on the items it has.
inline auto take_until(std::stop_token stop) {
    return pipe([stop = std::move(stop)](auto upstream) mutable {
        return detail::take_until_stream<decltype(upstream)>(std::move(upstream), std::move(stop));
    });
}

}  // namespace weir
