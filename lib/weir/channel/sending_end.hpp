/// What every sending end of a channel can do, written once.
#pragma once

#include <weir/channel/detail/channel_ops.hpp>
#include <weir/core/asio.hpp>
#include <weir/runtime/detail/op_driver.hpp>

#include <chrono>
#include <optional>
#include <utility>

namespace weir {

/// The base of `sender`, `shared_sender` and `broadcast_sender`: the ways to send an item and to
/// wait until there is room for it. Each of them says itself what "room" means, how it fails, and
/// which thread may use it.
///
/// `Derived` has `bool poll_send(poll_context&, T&)`, and a private
/// `bool send_blocking(T&, std::optional<std::chrono::steady_clock::time_point>)` with this class
/// as its friend. One operation that waits at a time; the end stays where it is meanwhile.
/// Cancel-safe: a send that is cancelled, or has failed, has put nothing.
template <class Derived, class T>
class sending_end {
public:
    using value_type = T;

    /// Sends `item`, and waits for room if there is none and the policy is to wait. For coroutines:
    ///
    ///     co_await tx.send(parse(line));
    ///
    /// Tries at once when awaited on a strand: with room there is no trip through the executor.
    /// Cost: that of awaiting a coroutine. In a tight loop call `try_send` first, and await this
    /// when it returns false.
    asio::awaitable<void> send(T item) & {
        return driver_.start(detail::send_op<Derived, T>(derived(), std::move(item)));
    }
    /// The same, but moves from `item` only when it is put: after a cancellation the caller still
    /// has it. `item` must live until then.
    asio::awaitable<void> send_from(T& item) & {
        return driver_.start(detail::send_op<Derived, T&>(derived(), item));
    }
    /// `send` with any completion token; signature `void(std::exception_ptr)`.
    template <class Token>
    auto async_send(T item, Token&& token) & {
        return driver_.async_start(detail::send_op<Derived, T>(derived(), std::move(item)),
                                   std::forward<Token>(token));
    }
    /// `send_from` with any completion token.
    template <class Token>
    auto async_send_from(T& item, Token&& token) & {
        return driver_.async_start(detail::send_op<Derived, T&>(derived(), item),
                                   std::forward<Token>(token));
    }

    /// Sends `item` from a thread of your own, which sleeps while there is no room. Never call it
    /// where tasks run, because it would keep the receiver from running.
    void blocking_send(T item) { derived().send_blocking(item, std::nullopt); }
    /// The same until `deadline`. Returns false, and leaves `item` as it was, when the deadline
    /// passed before there was room.
    bool blocking_send_until(T&& item, std::chrono::steady_clock::time_point deadline) {
        return derived().send_blocking(item, deadline);
    }

private:
    friend Derived;
    sending_end() = default;

    Derived& derived() noexcept { return static_cast<Derived&>(*this); }

    detail::op_driver driver_;
};

}  // namespace weir
