/// Async functions: what `async_map` and its kin call with an item, and await.
#pragma once

#include <weir/runtime/awaitable.hpp>

#include <concepts>
#include <type_traits>
#include <utility>
#include <variant>

namespace weir {

namespace detail {

/// A coroutine, or what returns one: `asio::awaitable<U> f(T)`.
template <class F, class T>
concept coroutine_function =
    std::invocable<F&, T> && is_awaitable<std::remove_cvref_t<std::invoke_result_t<F&, T>>>;

/// What starts an Asio operation: `f(T, token)` returns what the token makes of it, as every
/// initiating function of Asio does. A lambda with an `auto token` that it passes on.
template <class F, class T>
concept token_function =
    !coroutine_function<F, T> && std::invocable<F&, T, asio::use_awaitable_t<>> &&
    is_awaitable<std::remove_cvref_t<std::invoke_result_t<F&, T, asio::use_awaitable_t<>>>>;

}  // namespace detail

/// Either of them.
template <class F, class T>
concept async_function = detail::coroutine_function<F, T> || detail::token_function<F, T>;

namespace detail {

/// Calls `f` with an item; what comes back is to be awaited.
template <class F, class T>
    requires async_function<F, T>
auto call_async(F& f, T&& item) {
    if constexpr (coroutine_function<F, T>) {
        return std::invoke(f, std::forward<T>(item));
    } else {
        return std::invoke(f, std::forward<T>(item), asio::use_awaitable_t<>());
    }
}

/// What awaiting `f(item)` yields, which may be void.
template <class F, class T>
using async_result_t = awaited_t<decltype(call_async(std::declval<F&>(), std::declval<T>()))>;

/// The same, to keep: `std::monostate` for void.
template <class F, class T>
using async_value_t =
    std::conditional_t<std::is_void_v<async_result_t<F, T>>, std::monostate, async_result_t<F, T>>;

/// Fails to compile, and says why, where `F` is not an async function of `T`.
template <class F, class T>
consteval void check_async_function() {
    static_assert(async_function<F, T>,
                  "weir: this needs a function that is called with an item and returns an "
                  "asio::awaitable<U>, or one that is called with an item and a completion token "
                  "and returns what the token makes of the operation");
    check_frame_alignment<std::remove_cvref_t<T>>();
    if constexpr (async_function<F, T>) {
        check_frame_alignment<std::remove_cvref_t<async_result_t<F, T>>>();
    }
}

}  // namespace detail

}  // namespace weir
