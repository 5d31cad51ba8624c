/// Pulling: `co_await s.next()`, one item at a time, from ordinary Asio code.
#pragma once

#include <weir/core/stream.hpp>
#include <weir/runtime/detail/op_driver.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace weir {

namespace detail {

/// Throws the `std::logic_error` of a stream that is used after it was moved from.
[[noreturn]] void throw_moved_from();

/// What `next()` asks: one item, or nothing at the end.
template <class S>
struct next_op {
    S* stream;
    std::optional<item_t<S>> item = {};
    bool started = false;

    bool poll(poll_context& cx) {
        const poll_context::pulling now(cx, !std::exchange(started, true));
        return stream->poll_next(cx, item);
    }
    std::optional<item_t<S>> result() { return std::move(item); }
};

}  // namespace detail

/// Keeps something of a type that is not known where it is kept.
struct kept {
    kept() = default;
    kept(const kept&) = delete;
    kept& operator=(const kept&) = delete;
    virtual ~kept() = default;
};

namespace detail {

/// What `next()` gives: an `asio::awaitable<std::optional<T>>` that a `generator` recognises and
/// awaits by polling instead.
template <class S>
class [[nodiscard]] next_operation : public asio::awaitable<std::optional<item_t<S>>> {
    using awaitable = asio::awaitable<std::optional<item_t<S>>>;

public:
    explicit next_operation(S& stream) : awaitable(stream.pull()), stream_(&stream) {}

    /// Makes another coroutine after the first was taken.
    void renew() {
        if (!this->valid()) static_cast<awaitable&>(*this) = stream_->pull();
    }
    /// For a caller that awaits by polling: the coroutine is not needed, and stays for the next
    /// call.
    S& stream() const noexcept { return *stream_; }

private:
    S* stream_;
};

}  // namespace detail

/// Gives a stream `next()`. Derive with the stream's own type: `class numbers : pullable<numbers>`.
template <class Derived>
class pullable {
public:
    /// The next item, or nothing at the end (and at every later call).
    ///
    ///     while (auto reading = co_await sensor.next()) use(*reading);
    ///
    /// Called: in an `asio::awaitable` or a `weir::generator` as above, or with any completion
    /// token: `s.next(asio::use_future)`, signature `void(std::exception_ptr, std::optional<T>)`.
    /// One call at a time; the stream must stay where it is until it completes. What is returned is
    /// kept in the stream: await it, or move it away, before the next call.
    /// Runs on the awaiting coroutine's executor where that is a strand (fast: no hop when an item
    /// is ready), otherwise on a strand of its own over it.
    /// Errors: what the stream threw; after that the stream has ended.
    /// `std::logic_error` if the stream was moved from.
    /// Cancellation: ends with `operation_aborted`. Cancel-safe: a cancelled call has taken
    /// nothing, and the stream goes on.
    detail::next_operation<Derived>&& next() & {
        // It is kept here, so that a caller that awaits by polling makes one in all, not one for
        // each item.
        if (!next_) next_ = std::make_unique<kept_next<detail::next_operation<Derived>>>(derived());
        auto& operation =
            static_cast<kept_next<detail::next_operation<Derived>>&>(*next_).operation;
        operation.renew();
        return std::move(operation);
    }

    template <class Token>
    auto next(Token&& token) & {
        detail::next_op<Derived> op(&derived());
        return poller_.async_start(std::move(op), std::forward<Token>(token));
    }

    /// One item, for `next()`. True when `item` holds what has come: an item, or nothing at the
    /// end. A stream that has ended or failed is not polled again.
    template <class Item>
    bool poll_next(poll_context& cx, std::optional<Item>& item) {
        if (over_) {
            if (moved_from_) detail::throw_moved_from();
            return true;
        }
        over_ = true;  // unless it says otherwise, and it may throw
        const poll_state state = derived().poll(cx, [&item](Item&& x) {
            item.emplace(std::move(x));
            return false;
        });
        over_ = state == poll_state::finished;
        return over_ || item;
    }

    /// The same for an item that lies ready in the stream itself, without a poll.
    template <class Item>
    bool take_ready(std::optional<Item>& item) {
        if constexpr (requires { derived().take_waiting(item); })
            return derived().take_waiting(item);
        return false;
    }

    /// See `taken_over`. Throws `std::logic_error` if the stream was moved from.
    void note_taken() const {
        if (moved_from_) detail::throw_moved_from();
    }

    /// For `next_operation`: one item, by polling on the caller's strand.
    auto pull() { return poller_.start(detail::next_op<Derived>(&derived())); }

private:
    friend Derived;  // so that no other class derives
    pullable() = default;
    // A poller, as a coroutine that refers to the stream, belongs to one object at one place: it
    // neither moves nor is copied. The stream's leaves continue with the next poller.
    pullable(const pullable& other) noexcept : over_(other.over_), moved_from_(other.moved_from_) {}
    pullable(pullable&& other) noexcept : pullable(std::as_const(other)) { other.leave(); }
    pullable& operator=(const pullable& other) noexcept {
        over_ = other.over_;
        moved_from_ = other.moved_from_;
        return *this;
    }
    pullable& operator=(pullable&& other) noexcept {
        if (this == &other) return *this;
        *this = std::as_const(other);
        other.leave();
        return *this;
    }
    ~pullable() = default;

    template <class T>
    struct kept_next final : kept {
        explicit kept_next(Derived& stream) : operation(stream) {}
        T operation;
    };

    void leave() noexcept { over_ = moved_from_ = true; }

    Derived& derived() noexcept { return static_cast<Derived&>(*this); }

    detail::op_driver poller_;
    std::unique_ptr<kept> next_;
    bool over_ = false;        // `next()` has seen the end, or a failure
    bool moved_from_ = false;  // there is nothing here any more
};

}  // namespace weir
