/// generate: a stream of a function's results.
#pragma once

#include <weir/core/stage.hpp>
#include <weir/runtime/async_operation.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/pull.hpp>

#include <exception>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

/// The item type of a function that makes items or optional items.
template <class T>
struct made {
    using item = T;
    static constexpr bool may_end = false;
};
template <class T>
struct made<std::optional<T>> {
    using item = T;
    static constexpr bool may_end = true;
};

namespace detail {

template <class F>
class generate_stream : public pullable<generate_stream<F>> {
    using result = made<std::remove_cvref_t<std::invoke_result_t<F&>>>;

public:
    using value_type = typename result::item;

    generate_stream(F f, stage where) : f_(std::move(f)), where_(where) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        while (std::size_t granted = cx.grant(std::size_t(-1))) {
            for (; granted != 0; --granted) {
                if constexpr (result::may_end) {
                    auto item = where_.call(f_);
                    if (!item) return poll_state::finished;
                    if (!sink(std::move(*item))) return poll_state::paused;
                } else {
                    if (!sink(value_type(where_.call(f_)))) return poll_state::paused;
                }
            }
        }
        return poll_state::pending;
    }

private:
    F f_;
    [[no_unique_address]] stage where_;
};

/// The same for a coroutine `f`: it is called when an item is needed, and awaited.
template <class F>
class generate_async_stream : public pullable<generate_async_stream<F>> {
    using result = std::optional<typename made<awaited_t<std::invoke_result_t<F&>>>::item>;

public:
    using value_type = typename result::value_type;

    generate_async_stream(F f, stage where) : f_(std::move(f)), where_(where) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        for (;;) {
            if (!running_.started()) {
                if (cx.grant(1) == 0) return poll_state::pending;
                running_.start(cx, [this, &cx](auto handler) {
                    auto task = as_optional(where_.call(f_));
                    asio::co_spawn(cx.executor(), std::move(task), std::move(handler));
                });
            }
            auto done = running_.poll(cx);
            if (!done) return poll_state::pending;
            auto& [error, item] = *done;
            if (error) rethrow(std::move(error));
            if (!item) return poll_state::finished;
            if (!sink(std::move(*item))) return poll_state::paused;
        }
    }

private:
    // Also for an endless coroutine, so that its item need not be default constructible.
    static asio::awaitable<result> as_optional(asio::awaitable<result> task) { return task; }
    static asio::awaitable<result> as_optional(asio::awaitable<value_type> task) {
        co_return co_await std::move(task);
    }

    void rethrow(std::exception_ptr error) const {
        try {
            std::rethrow_exception(std::move(error));
        } catch (...) {
            where_.fail();
        }
    }

    F f_;
    [[no_unique_address]] stage where_;
    async_operation<std::exception_ptr, result> running_;
};

}  // namespace detail

/// A stream of `f()`, `f()`, ... If `f` returns a `T`, the stream is endless. If it returns a
/// `std::optional<T>`, the stream ends at the first `nullopt`.
///
///     weir::generate([n = 0]() mutable { return n++; }) | weir::take(10)
///     weir::generate(next_message)   // asio::awaitable<std::optional<message>> next_message()
///
/// If `f` returns an `asio::awaitable` of either, each one is awaited before the next is made. The
/// coroutine runs on the segment's strand. (If it is the body of a lambda, it must not refer to the
/// lambda's captures, because they belong to the stream, which may move.) A plain `f` runs on the
/// segment's strand and must not block.
/// Errors: an exception of `f` becomes a `stage_error` that names "generate" and `name`.
/// Cancellation: a running coroutine is cancelled, and the pipeline waits for it.
template <class F>
auto generate(F f, std::string_view name = {}) {
    static_assert(std::is_invocable_v<F&>, "weir::generate: the function must take no arguments");
    if constexpr (is_awaitable<std::invoke_result_t<F&>>) {
        detail::check_frame_alignment<detail::awaited_t<std::invoke_result_t<F&>>>();
        return detail::generate_async_stream<F>(std::move(f), stage("generate", name));
    } else {
        return detail::generate_stream<F>(std::move(f), stage("generate", name));
    }
}

}  // namespace weir
