/// timeout: limits the time of an operation or a stream.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/runtime/async_function.hpp>
#include <weir/runtime/detail/timed_call.hpp>
#include <weir/runtime/pull.hpp>
#include <weir/runtime/saturating.hpp>

#include <optional>
#include <utility>

namespace weir {

namespace detail {

template <class F>
class timed {
public:
    timed(clock::duration limit, F f) : limit_(limit), f_(std::move(f)) {}

    // The item does not move during its call: it belongs to the caller that awaits this.
    template <class T>
        requires async_function<F, T>
    asio::awaitable<async_result_t<F, T>> operator()(T&& item) {
        co_return co_await within(limit_, call_async(f_, std::forward<T>(item)));
    }

private:
    clock::duration limit_;
    F f_;
};

}  // namespace detail

/// Returns a function that calls `f` with a time limit: for `async_map` and similar operators.
///
///     urls | weir::async_map(16, weir::timeout(2s, fetch))
///     weir::retry({.max_attempts = 3}, weir::timeout(2s, fetch))     // for each attempt
///     weir::timeout(5s, weir::retry({.max_attempts = 3}, fetch))     // for all together
///
/// When the limit is reached (on the executor's clock), the operation is cancelled through its
/// slot. The call fails as soon as the operation has ended; until then it counts among the `n`. If
/// the operation succeeds all the same, its result counts.
/// Errors: `timeout_error`; `std::invalid_argument` unless `limit` is positive.
/// Cancellation: that of `f`.
/// The function and the item of a call must live as long as the call. The operators ensure both.
/// Cost: one coroutine and one timer per call.
template <class F>
auto timeout(clock::duration limit, F f) {
    detail::check_time_limit(limit);
    return detail::timed<F>(limit, std::move(f));
}

/// The time limits of a stream.
struct timeout_limits {
    std::optional<clock::duration> item = {};   ///< For each item, from when it is asked for.
    std::optional<clock::duration> first = {};  ///< For the first item; if not set, as `item`.
    std::optional<clock::duration> whole = {};  ///< From the first poll to the end.
};

namespace detail {

template <class S>
class timeout_stream : public pullable<timeout_stream<S>> {
public:
    using value_type = item_t<S>;

    timeout_stream(S upstream, timeout_limits limits)
        : upstream_(std::move(upstream)), limits_(limits) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        if (limits_.whole) check_whole(cx);
        if (cx.asked_anew()) deadline_.reset();  // it belongs to a `next()` that was cancelled
        bool came = false;
        const poll_state state = upstream_.poll(cx, [&](value_type&& x) -> bool {
            came = true;
            return sink(std::move(x));
        });
        if (came) next_is_first_ = false;
        if (came || state != poll_state::pending) deadline_.reset();
        if (state == poll_state::pending) check_item(cx);
        return state;
    }

private:
    void check_whole(poll_context& cx) {
        if (!end_) end_ = deadline_after(clock_of(cx.executor()).now(), *limits_.whole);
        if (whole_.reached(cx, *end_)) throw timeout_error("the end", *limits_.whole);
    }

    void check_item(poll_context& cx) {
        const bool first = next_is_first_ && limits_.first;
        const auto limit = first ? limits_.first : limits_.item;
        if (!limit) return;
        if (!deadline_) deadline_ = deadline_after(clock_of(cx.executor()).now(), *limit);
        // An alarm that was set for an earlier item is left to ring. Setting a new one would cost
        // more, because items usually come often.
        if (!set_for_ || *set_for_ > *deadline_) set_for_ = deadline_;
        while (item_.reached(cx, *set_for_)) {
            if (set_for_ == deadline_)
                throw timeout_error(first ? "the first item" : "an item", *limit);
            set_for_ = deadline_;
        }
    }

    S upstream_;
    timeout_limits limits_;
    bool next_is_first_ = true;
    std::optional<clock::time_point> deadline_;  // the deadline of the item that is waited for
    std::optional<clock::time_point> set_for_;   // the time for which `item_` is set
    std::optional<clock::time_point> end_;
    alarm item_;
    alarm whole_;
};

}  // namespace detail

/// Passes on all items, and fails if upstream takes too long.
///
///     prices | weir::timeout({.item = 5s})
///     reply  | weir::timeout({.first = 30s, .item = 1s, .whole = 10min})
///
/// Only upstream's time counts for an item: the time since upstream was asked and had no item
/// ready. The time while the consumer is busy does not count, nor the time between a cancelled
/// `next()` and the following one. The limit `whole` counts from the first poll, and includes the
/// consumer's time.
/// Errors: `timeout_error`; upstream is then destroyed with the pipeline. `std::invalid_argument`
/// for a limit that is not positive. Time is that of the executor's clock.
inline auto timeout(timeout_limits limits) {
    for (const auto& limit : {limits.item, limits.first, limits.whole}) {
        if (limit) detail::check_time_limit(*limit);
    }
    return pipe([limits](auto upstream) {
        return detail::timeout_stream<decltype(upstream)>(std::move(upstream), limits);
    });
}

}  // namespace weir
