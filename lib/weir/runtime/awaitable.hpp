/// What kind of thing a callable returns: a value, or a coroutine that will.
#pragma once

#include <weir/core/asio.hpp>

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
/// `T` of an `asio::awaitable<T>`; any other type as it is.
template <class R>
using awaited_t = typename awaited<R>::type;

}  // namespace weir
