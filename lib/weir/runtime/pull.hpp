/// Pulling: `co_await s.next()`, one item at a time, from ordinary Asio code.
#pragma once

#include <weir/core/stream.hpp>
#include <weir/runtime/poller.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace weir {

/// What `next()` asks: one item, or nothing at the end.
template <class S>
struct next_question {
    S* stream;
    std::optional<item_t<S>> item = {};

    bool poll(poll_context& cx) { return stream->poll_next(cx, item); }
    std::optional<item_t<S>> result() { return std::move(item); }
};

/// Keeps something of a type that is not known where it is kept.
struct kept_spare {
    kept_spare() = default;
    kept_spare(const kept_spare&) = delete;
    kept_spare& operator=(const kept_spare&) = delete;
    virtual ~kept_spare() = default;
};
template <class T>
struct spare_of final : kept_spare {
    T value;
};

/// What `next()` returns: an `asio::awaitable<std::optional<T>>` that a `generator` recognises and
/// awaits by polling instead.
template <class S>
class [[nodiscard]] next_operation : public asio::awaitable<std::optional<item_t<S>>> {
    using awaitable = asio::awaitable<std::optional<item_t<S>>>;

public:
    explicit next_operation(S& stream) : awaitable(task(stream)), stream_(&stream) {}

    /// The stream, for one who awaits by polling: the coroutine is not needed, and kept for the
    /// next call.
    S& polled() && {
        stream_->keep_spare(static_cast<awaitable&&>(*this));
        return *stream_;
    }

private:
    static awaitable task(S& stream) {
        awaitable* const spare = stream.template spare<awaitable>();
        return spare && spare->valid() ? awaitable(std::move(*spare)) : pull(stream);
    }

    static awaitable pull(S& stream) {
        const auto executor = co_await asio::this_coro::executor;
        const auto p = stream.poller_on(executor);
        const bool here = p->executor() == executor;
        next_question<S> question(&stream);
        if (here && p->ask(question)) co_return question.result();
        co_return co_await stream.async_next(std::move(question), asio::use_awaitable, here);
    }

    S* stream_;
};

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
    /// One call at a time; the stream must stay where it is until it completes.
    /// Runs on the awaiting coroutine's executor where that is a strand (fast: no hop when an item
    /// is ready), otherwise on a strand of its own over it.
    /// Errors: what the stream threw; after that the stream has ended.
    /// Cancellation: ends with `operation_aborted`. Cancel-safe: a cancelled call has taken
    /// nothing, and the stream goes on.
    next_operation<Derived> next() & { return next_operation<Derived>(derived()); }

    template <class Token>
    auto next(Token&& token) & {
        next_question<Derived> question(&derived());
        return async_next(std::move(question), std::forward<Token>(token), false);
    }

    /// One item, for `next()`. True when `item` holds what has come: an item, or nothing at the
    /// end. A stream that has ended or failed is not polled again.
    template <class Item>
    bool poll_next(poll_context& cx, std::optional<Item>& item) {
        if (over_) return true;
        over_ = true;  // unless it says otherwise, and it may throw
        const poll_state state = derived().poll(cx, [&item](Item&& x) {
            item.emplace(std::move(x));
            return false;
        });
        over_ = state == poll_state::finished;
        return over_ || item;
    }

    /// For `next_operation`.
    counted_ptr<poller> poller_on(const asio::any_io_executor& executor) {
        return poller::at(poller_, executor);
    }
    template <class Token>
    auto async_next(next_question<Derived> question, Token&& token, bool asked) {
        return poller::async_ask(poller_, std::move(question), std::forward<Token>(token), asked);
    }

    /// For `next_operation`: a coroutine that was made and not started, so that one who awaits by
    /// polling makes one in all, and not one an item.
    template <class T>
    void keep_spare(T&& task) {
        if (!spare_) spare_ = std::make_unique<spare_of<T>>();
        // (Asio 1.22 assigns over a coroutine without destroying it.)
        if (T& place = *spare<T>(); !place.valid()) place = std::forward<T>(task);
    }
    template <class T>
    T* spare() noexcept {
        return spare_ ? &static_cast<spare_of<T>&>(*spare_).value : nullptr;
    }

private:
    friend Derived;  // and nobody else derives
    pullable() = default;
    // A poller, as a coroutine that refers to the stream, belongs to one object at one place: it
    // neither moves nor is copied. The stream's leaves go on with whoever polls next.
    pullable(const pullable& other) noexcept : over_(other.over_) {}
    pullable& operator=(const pullable& other) noexcept {
        over_ = other.over_;
        return *this;
    }
    ~pullable() {
        if (poller_) poller_->detach();
    }

    Derived& derived() noexcept { return static_cast<Derived&>(*this); }

    counted_ptr<poller> poller_;
    std::unique_ptr<kept_spare> spare_;
    bool over_ = false;  // `next()` has seen the end, or a failure
};

}  // namespace weir
