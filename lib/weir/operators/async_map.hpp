/// async_map: each item through an async function, several at a time.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/runtime/operation_pool.hpp>
#include <weir/runtime/pull.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// Places of a pool, in the order in which their results go on.
template <class Place>
class place_queue {
public:
    bool empty() const noexcept { return first_ == nullptr; }
    Place& front() const noexcept { return *first_; }
    void push(Place& p) noexcept {
        p.next = nullptr;
        (first_ ? last_->next : first_) = &p;
        last_ = &p;
    }
    Place& pop() noexcept {
        Place& p = *first_;
        first_ = p.next;
        return p;
    }

private:
    Place* first_ = nullptr;
    Place* last_ = nullptr;
};

enum class result_order : unsigned char { of_input, of_completion };

template <class S, class F, result_order Order>
class async_map_stream : public pullable<async_map_stream<S, F, Order>> {
    using pool = operation_pool<F, item_t<S>>;
    using place = typename pool::place;

public:
    using value_type = typename pool::value_type;

    async_map_stream(S upstream, operations<F, item_t<S>> calls)
        : upstream_(std::move(upstream)), calls_(std::move(calls)) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        poll_state state = poll_state::finished;
        try {
            state = run(cx, calls_.running(cx), sink);
        } catch (...) {
            calls_.stop();
            throw;
        }
        if (state == poll_state::finished) calls_.stop();
        return state;
    }

private:
    template <class Sink>
    poll_state run(poll_context& cx, pool& calls, Sink& sink) {
        poll_state state = poll_state::paused;
        for (;;) {
            if (!hand_on(calls, sink)) return poll_state::paused;
            if (ended_ && calls.empty()) return poll_state::finished;
            if (!ended_ && state == poll_state::paused && calls.room()) {
                state = upstream_.poll(cx, [&](item_t<S>&& x) -> bool {
                    place& p = calls.put(std::move(x));
                    if constexpr (Order == result_order::of_input) queue_.push(p);
                    calls.start(cx, p);
                    return calls.room();
                });
                ended_ = state == poll_state::finished;
            } else if (calls.wait(cx)) {
                return poll_state::pending;
            }
        }
    }

    template <class Sink>
    bool hand_on(pool& calls, Sink& sink) {
        calls.collect([&](place& p) {
            if constexpr (Order == result_order::of_completion) queue_.push(p);
        });
        while (!queue_.empty() && queue_.front().over) {
            if (!sink(calls.take(queue_.pop()))) return false;
        }
        return true;
    }

    S upstream_;
    operations<F, item_t<S>> calls_;
    place_queue<place> queue_;
    bool ended_ = false;  // upstream has
};

/// What `async_map` and `async_map_unordered` are made of.
template <result_order Order, class F>
auto async_map_in(std::size_t n, F f, const char* kind, std::string_view name) {
    check_operation_limit(n, kind);
    return pipe([n, f = std::move(f), kind, name](auto upstream) mutable {
        using S = decltype(upstream);
        check_owned_items<S>();
        check_async_function<F, item_t<S>>();
        static_assert(!std::is_void_v<async_result_t<F, item_t<S>>>,
                      "weir::async_map: the function yields nothing; use "
                      "weir::for_each_concurrent");
        operations<F, item_t<S>> calls(n, std::move(f), stage(kind, name));
        return async_map_stream<S, F, Order>(std::move(upstream), std::move(calls));
    });
}

/// Passes on what awaiting `f(item)` yields, in the order of the items, with at most `n` items
/// between being taken from upstream and being passed on.
///
///     urls | weir::async_map(16, fetch)      // asio::awaitable<page> fetch(url u)
///     ids  | weir::async_map(4, [&](int id, auto token) { return db.async_get(id, token); })
///
/// `f` is a coroutine, or starts an Asio operation with the completion token it is given (an error
/// code in front is thrown, as in any coroutine). It is called on the segment's strand, and what it
/// returns runs there: it must not block. Operations go on while the consumer is busy or waits;
/// upstream is asked only when there is room. A lambda's captures live as long as the operations.
/// What `f` changes of its coroutine's cancellation state stays so for later items.
///
/// End: when upstream has ended and all results were passed on.
/// Errors: `std::invalid_argument` if `n` is 0. An exception of `f` becomes a `stage_error` naming
/// "async_map" and `name`, in the place of the result; a failure of upstream passes at once. Either
/// cancels what is under way.
/// Cancellation: the operations are cancelled through their cancellation slots (terminal), also
/// when the stream is dropped; the pipeline completes when the last of them has ended.
/// Cost: the frames of `f`'s own coroutines; nothing is allocated an item besides
/// (docs/benchmarks.md).
template <class F>
auto async_map(std::size_t n, F f, std::string_view name = {}) {
    return async_map_in<result_order::of_input>(n, std::move(f), "async_map", name);
}

/// The same, but results go on as they come: a slow one holds up nobody but itself.
///
///     hosts | weir::async_map_unordered(100, probe) | weir::take(3)   // the three fastest
template <class F>
auto async_map_unordered(std::size_t n, F f, std::string_view name = {}) {
    return async_map_in<result_order::of_completion>(n, std::move(f), "async_map_unordered", name);
}

}  // namespace weir
