/// What every receiving end of a channel can do, written once.
#pragma once

#include <weir/channel/detail/channel_ops.hpp>
#include <weir/channel/receive_result.hpp>
#include <weir/runtime/detail/op_driver.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace weir {

/// The base of `receiver`, `shared_receiver`, `unique_receiver` and `broadcast_receiver`: the ways
/// to receive beside being a stream. Each of them says itself which items it sees, how it fails,
/// and which thread may use it.
///
/// `Derived` is a `pullable` stream with `bool poll_some(poll_context&, std::vector<T>&,
/// std::size_t)`, and with a private `receive_result<T> receive_blocking(deadline)` that has this
/// class as its friend. One operation that waits at a time; the end stays where it is meanwhile.
/// Cancel-safe: a receive that is cancelled has taken nothing.
template <class Derived, class T>
class receiving_end {
public:
    using value_type = T;

    /// The next item, or nothing at the end: `next()` by another name.
    auto receive() & { return derived().next(); }
    /// The same with any completion token; signature
    /// `void(std::exception_ptr, std::optional<T>)`.
    template <class Token>
    auto async_receive(Token&& token) & {
        return derived().next(std::forward<Token>(token));
    }

    /// Appends the items that are there to `into`, `max` items at most, after waiting for the
    /// first. Signature `void(std::exception_ptr, std::size_t)`: how many; 0 only at the end (or if
    /// `max` is 0). `into` must live until then.
    ///
    ///     std::vector<row> rows;
    ///     while (co_await rx.async_receive_some(rows, 256, asio::use_awaitable)) store(rows);
    template <class Token>
    auto async_receive_some(std::vector<T>& into, std::size_t max, Token&& token) & {
        return driver_.async_start(detail::receive_some_op<Derived>(derived(), into, max),
                                   std::forward<Token>(token));
    }

    /// The next item, or nothing at the end, for a thread of your own, which sleeps meanwhile.
    /// Never call it where tasks run. See also blocking_view.hpp.
    std::optional<T> blocking_receive() {
        auto found = derived().receive_blocking(std::nullopt);
        if (!found) return std::nullopt;
        return std::optional<T>(*std::move(found));
    }
    /// The same until `deadline`. Returns nothing, which is not the end, when that passed first.
    receive_result<T> blocking_receive_until(std::chrono::steady_clock::time_point deadline) {
        return derived().receive_blocking(deadline);
    }

private:
    friend Derived;
    receiving_end() = default;

    Derived& derived() noexcept { return static_cast<Derived&>(*this); }

    detail::op_driver driver_;
};

}  // namespace weir
