/// retry_stream: makes a stream again when it fails.
#pragma once

#include <weir/core/detail/watched_sink.hpp>
#include <weir/core/stage.hpp>
#include <weir/runtime/backoff.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/pull.hpp>
#include <weir/runtime/saturating.hpp>

#include <exception>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// How often, how soon and after which failures a stream is made again.
struct retry_stream_policy {
    backoff_policy waits = {};
    /// The number of streams in a row, the first one included, that may fail without an item.
    unsigned max_attempts = std::numeric_limits<unsigned>::max();
    /// Whether to make another stream after this failure. If it is empty, every failure is retried.
    std::function<bool(const std::exception_ptr&)> worth = {};
};

namespace detail {

template <class Make>
class retry_stream_source : public pullable<retry_stream_source<Make>> {
    using inner_stream = std::remove_cvref_t<std::invoke_result_t<Make&>>;

public:
    using value_type = item_t<inner_stream>;

    retry_stream_source(retry_stream_policy policy, Make make, stage where)
        : policy_(std::move(policy)),
          waits_(policy_.waits, "retry_stream"),
          make_(std::move(make)),
          where_(where) {
        if (policy_.max_attempts < 1) {
            throw std::invalid_argument("weir::retry_stream: there must be at least 1 attempt");
        }
    }

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        for (;;) {
            if (due_) {
                if (!alarm_.reached(cx, *due_)) return poll_state::pending;
                due_.reset();
            }
            watched_sink to(sink);
            std::exception_ptr failure;
            try {
                if (!inner_) inner_.emplace(where_.call(make_));
                return inner_->poll(cx, [&](value_type&& x) -> bool {
                    failures_ = 0;
                    return to(std::move(x));
                });
            } catch (...) {
                if (to.threw()) throw;
                failure = std::current_exception();
            }
            inner_.reset();
            if (++failures_ >= policy_.max_attempts || (policy_.worth && !policy_.worth(failure))) {
                std::rethrow_exception(std::move(failure));
            }
            due_ = deadline_after(clock_of(cx.executor()).now(), waits_.after(failures_));
        }
    }

private:
    retry_stream_policy policy_;
    backoff waits_;
    Make make_;
    stage where_;
    std::optional<inner_stream> inner_;
    std::optional<clock::time_point> due_;  // the time at which the next stream is made
    unsigned failures_ = 0;                 // since the last item
    alarm alarm_;
};

}  // namespace detail

/// The items of the stream `make()`; if that fails, the items of another such stream, after a wait.
///
///     weir::retry_stream({.waits = {.first = 100ms, .jitter = 0.3}}, [&] { return subscribe(bus);
///     })
///
/// `make` is called on the segment's strand when the stream is first polled, and again after each
/// failure and its wait (on the executor's clock). Whether the new stream repeats or omits items is
/// up to `make`. An item resets the waits and the attempts.
/// End: that of the inner stream. Holds one stream; a failed stream is destroyed before the wait.
/// Errors: the failure of the last stream or of `make` (as a `stage_error` naming "retry_stream"
/// and `name`), once `max_attempts` have failed in a row, or if `worth` rejects it.
/// `std::invalid_argument` for an invalid policy. Exceptions of the consumer are not retried.
/// Cancellation: that of the inner stream, or of the wait.
template <class Make>
auto retry_stream(retry_stream_policy policy, Make make, std::string_view name = {}) {
    detail::check_stream<std::remove_cvref_t<std::invoke_result_t<Make&>>>();
    return detail::retry_stream_source<Make>(std::move(policy), std::move(make),
                                             stage("retry_stream", name));
}

}  // namespace weir
