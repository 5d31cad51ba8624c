/// Functions that are told of something.
#pragma once

#include <weir/runtime/awaitable.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <type_traits>
#include <utility>

namespace weir {

/// A `std::function<void(Args...)>` that takes no coroutine: `std::function` would throw away its
/// `asio::awaitable`, and the body would never run. It is refused at compile time, with a sentence.
///
///     options.on_event = [](const client_event& e) { log(e); };
///
/// Keep it as a `callback`: a `std::function` made of an empty one would not be empty.
template <class... Args>
class callback : public std::function<void(Args...)> {
    using base = std::function<void(Args...)>;

public:
    callback() = default;
    // NOLINTNEXTLINE(google-explicit-constructor): as that of std::function
    callback(std::nullptr_t) noexcept {}
    template <class F>
        requires(!std::derived_from<std::remove_cvref_t<F>, callback> &&
                 std::is_invocable_v<F&, Args...>)
    // NOLINTNEXTLINE(google-explicit-constructor): it is passed as the function is
    callback(F f) : base(std::move(f)) {
        check_not_async<F, Args...>();
    }
};

}  // namespace weir
