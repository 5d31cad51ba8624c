/// What kind of thing a callable returns: a value, or a coroutine that will.
#pragma once

#include <weir/core/asio.hpp>

#include <type_traits>

namespace weir {

template <class R>
inline constexpr bool is_awaitable = false;
template <class T, class E>
inline constexpr bool is_awaitable<asio::awaitable<T, E>> = true;

template <class R>
struct awaited {
    using type = R;
};
template <class T, class E>
struct awaited<asio::awaitable<T, E>> {
    using type = T;
};
namespace detail {

/// `T` of an `asio::awaitable<T>`; any other type as it is.
template <class R>
using awaited_t = typename awaited<R>::type;

}  // namespace detail

/// Fails to compile, and says why, where a function `F` whose result is not awaited is a coroutine:
/// its body would never run.
template <class F, class... Args>
consteval void check_not_async() {
    if constexpr (std::is_invocable_v<F&, Args...>) {
        static_assert(!is_awaitable<std::remove_cvref_t<std::invoke_result_t<F&, Args...>>>,
                      "weir: this function returns an asio::awaitable, and nothing here awaits it, "
                      "so its body would never run. Give it to what awaits: weir::async_map(n, f), "
                      "weir::for_each(f) or a weir::generator.");
    }
}

/// True for what may live in the frame of a coroutine. Compilers allocate that with the alignment
/// of plain `new`, whatever is in it.
template <class T>
inline constexpr bool fits_in_frame = alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__;
template <>
inline constexpr bool fits_in_frame<void> = true;
template <class T>
inline constexpr bool fits_in_frame<T&> = true;

namespace detail {

/// Fails to compile, and says why, where a coroutine would hold a `T` that is aligned more strictly
/// than its frame.
template <class T>
consteval void check_frame_alignment() {
    static_assert(fits_in_frame<T>,
                  "weir: this type is over-aligned, and a coroutine's frame is not: it would be "
                  "misaligned there. Let items go on without coroutines (steps, channels, try_send "
                  "and try_receive, blocking calls), or pass std::unique_ptr<T>.");
}

}  // namespace detail

}  // namespace weir
