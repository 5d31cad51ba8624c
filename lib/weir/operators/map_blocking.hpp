/// map_blocking: each item through a function that may block.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stage.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/blocking_call.hpp>
#include <weir/runtime/pull.hpp>

#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class S, class F>
class map_blocking_stream : public pullable<map_blocking_stream<S, F>> {
public:
    using value_type = std::remove_cvref_t<std::invoke_result_t<F&, item_t<S>>>;

    map_blocking_stream(S upstream, std::size_t max_calls, F f, stage where)
        : upstream_(std::move(upstream)),
          f_(std::make_shared<F>(std::move(f))),
          max_calls_(max_calls),
          where_(where) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        for (;;) {
            if (!ended_ && calls_.size() < max_calls_) start_calls(cx);
            if (calls_.empty()) break;
            auto done = calls_.front().poll(cx);  // only the first call wakes the segment
            if (!done) return poll_state::pending;
            calls_.pop_front();
            auto& [error, result] = *done;
            if (error) std::rethrow_exception(std::move(error));
            if (!sink(std::move(*result))) return poll_state::paused;
        }
        // The items that came before the failure have been passed on.
        if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
        return ended_ ? poll_state::finished : poll_state::pending;
    }

private:
    using call = blocking_call<std::optional<value_type>>;

    void start_calls(poll_context& cx) {
        try {
            const auto state = upstream_.poll(cx, [this, &cx](item_t<S>&& x) -> bool {
                start_call(cx, std::move(x));
                return calls_.size() < max_calls_;
            });
            ended_ = state == poll_state::finished;
        } catch (...) {
            failure_ = std::current_exception();
            ended_ = true;
        }
    }

    void start_call(poll_context& cx, item_t<S>&& x) {
        auto work = [x = std::move(x), where = where_](F& f) mutable {
            item_t<S> item(std::move(x));  // gone before the pipeline may complete
            return std::optional<value_type>(where.call(f, std::move(item)));
        };
        calls_.emplace_back();
        try {
            start_blocking(calls_.back(), cx, f_, std::move(work));
        } catch (...) {  // no thread, say: the failure comes after the results before it
            calls_.pop_back();
            throw;
        }
    }

    S upstream_;
    std::shared_ptr<F> f_;  // a call has a share of its own, because it may outlive the stream
    std::size_t max_calls_;
    stage where_;
    std::deque<call> calls_;  // in the order of their items
    std::exception_ptr failure_;
    bool ended_ = false;  // upstream has
};

}  // namespace detail

/// Passes on `f(item)` for each item, in order. `f` may block: it is called on the context's
/// blocking executor (`blocking_executor_of`), and no thread of the pipeline waits for it. At most
/// `max_calls` calls are under way or wait to be passed on.
///
///     paths | weir::map_blocking(4, read_whole_file, "read")
///
/// `f` is called with the item as an rvalue. If `max_calls` is above 1, several threads may call it
/// at the same time; else calls follow one another, each seeing what the one before it did. The
/// blocking executor has a few threads for the whole context, so a larger `max_calls` only queues.
/// For an operation that Asio can start without blocking, use `async_map`.
///
/// Errors: `std::invalid_argument` if `max_calls` is 0; an exception of `f` becomes a `stage_error`
/// naming "map_blocking" and `name`. If upstream fails, the items before the failure are passed on
/// first.
/// Cancellation: a call that runs is not interrupted, unless `f` has a member `stop()`: that is
/// then called from another thread, also when the context is destroyed. The pipeline completes when
/// the calls have ended; their results are dropped. Keep what `f` uses alive until then.
/// Cost: two allocations and two changes of thread for each item.
template <class F>
auto map_blocking(std::size_t max_calls, F f, std::string_view name = {}) {
    if (max_calls == 0) {
        throw std::invalid_argument("weir::map_blocking: there must be at least 1 call");
    }
    return pipe([max_calls, f = std::move(f), name](auto upstream) mutable {
        using S = decltype(upstream);
        check_owned_items<S>();
        static_assert(std::is_invocable_v<F&, item_t<S>>,
                      "weir::map_blocking: the function cannot be called with the stream's items");
        static_assert(!std::is_void_v<std::invoke_result_t<F&, item_t<S>>>,
                      "weir::map_blocking: the function returns nothing; return the item");
        check_not_async<F, item_t<S>>();
        return detail::map_blocking_stream<S, F>(std::move(upstream), max_calls, std::move(f),
                                                 stage("map_blocking", name));
    });
}

/// The same, one call at a time.
///
///     paths | weir::map_blocking(read_whole_file)
template <class F>
auto map_blocking(F f, std::string_view name = {}) {
    return map_blocking(std::size_t{1}, std::move(f), name);
}

}  // namespace weir
