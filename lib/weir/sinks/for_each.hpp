/// for_each: calls a function, or awaits a coroutine, for each item.
#pragma once

#include <weir/core/stage.hpp>
#include <weir/runtime/async_operation.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/terminal.hpp>

#include <exception>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace weir {

namespace detail {

template <class F>
class for_each_terminal {
public:
    for_each_terminal(F f, stage where) : f_(std::move(f)), where_(where) {}

    template <class S>
    poll_state poll(poll_context& cx, S& stream) {
        return stream.poll(cx, [this](item_t<S>&& x) WEIR_FUSED -> bool {
            where_.call(f_, std::move(x));
            return true;
        });
    }
    void result() {}

private:
    [[no_unique_address]] F f_;
    stage where_;
};

/// Runs one coroutine at a time, on the segment's strand. The next item is taken when it is done.
template <class F>
class for_each_async_terminal {
public:
    for_each_async_terminal(F f, stage where) : f_(std::move(f)), where_(where) {}

    template <class S>
    poll_state poll(poll_context& cx, S& stream) {
        for (;;) {
            if (running_.started()) {
                auto done = running_.poll(cx);
                if (!done) return poll_state::pending;
                if (std::exception_ptr error = std::get<0>(*done)) rethrow(error);
            }
            const poll_state state = stream.poll(cx, [this, &cx](item_t<S>&& x) -> bool {
                auto task = where_.call(f_, std::move(x));
                auto spawn = [&cx, &task](auto handler) {
                    asio::co_spawn(cx.executor(), std::move(task), std::move(handler));
                };
                running_.start(cx, spawn);
                return false;
            });
            if (!running_.started()) return state;
        }
    }
    void result() {}

private:
    void rethrow(std::exception_ptr error) const {
        try {
            std::rethrow_exception(std::move(error));
        } catch (...) {
            where_.fail();
        }
    }

    [[no_unique_address]] F f_;
    stage where_;
    async_operation<std::exception_ptr> running_;
};

}  // namespace detail

/// Runs the pipeline and calls `f` with each item, in order. If `f` returns an
/// `asio::awaitable<void>`, it is awaited before the next item is taken.
///
///     auto sum = std::move(rows) | weir::for_each([&](row r) { total += r.amount; });
///     co_await std::move(sum);                  // named first: see "With GCC 12" in docs/start.md
///     co_await (rows | weir::for_each(send));   // asio::awaitable<void> send(row r)
///
/// A coroutine must take its item by value. A plain function must not block (see `weir::on`).
/// Yields nothing.
/// Errors: `stage_error` naming "for_each" and `name` if `f` throws.
/// Cancellation: a running coroutine is cancelled too, and the terminal waits for it.
template <class F>
auto for_each(F f, std::string_view name = {}) {
    return terminal_closure([f = std::move(f), name]<class S>(const S&) mutable {
        static_assert(std::is_invocable_v<F&, item_t<S>>,
                      "weir::for_each: the function cannot be called with the stream's items");
        if constexpr (is_awaitable<std::invoke_result_t<F&, item_t<S>>>) {
            detail::check_frame_alignment<item_t<S>>();
            return detail::for_each_async_terminal<F>(std::move(f), stage("for_each", name));
        } else {
            return detail::for_each_terminal<F>(std::move(f), stage("for_each", name));
        }
    });
}

}  // namespace weir
