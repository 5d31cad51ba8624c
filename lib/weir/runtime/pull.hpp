/// Pulling: `co_await s.next()`, one item at a time, from ordinary Asio code.
#pragma once

#include <weir/core/stream.hpp>
#include <weir/runtime/completion.hpp>
#include <weir/runtime/segment.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace weir {

/// The segment that stands in for a terminal when a stream is pulled by hand. It polls only while
/// somebody waits for an item, so between two `next()` it never touches the stream.
class puller_base : public segment {
public:
    /// The stream is going away.
    void detach() noexcept;

protected:
    using segment::segment;
    const ticket& scope() const noexcept { return scope_; }

private:
    ticket scope_;  // nobody waits for a pulled pipeline as a whole
};

template <class S>
class puller final : public puller_base {
public:
    using result = std::optional<item_t<S>>;

    explicit puller(asio::any_io_executor executor) : puller_base(std::move(executor)) {}

    using segment::enlist;

    void attach(S& stream) noexcept { stream_ = &stream; }

    /// Polls once, here and now. Nothing when it must wait. On the strand only.
    std::optional<result> try_next() {
        if (!turn_) new_turn();
        result item;
        if (stream_->poll_next(*turn_, item)) return std::make_optional(std::move(item));
        return std::nullopt;
    }

    /// Waits for the next item of `stream`, whose puller is made here if need be: only now is the
    /// handler's executor known.
    template <class Token>
    static auto async_next(S& stream, Token&& token) {
        auto initiation = [](auto handler, S* s) {
            auto p = s->puller_on(executor_of(handler));
            auto slot = asio::get_associated_cancellation_slot(handler);
            auto w =
                std::make_shared<waiter_of<decltype(handler)>>(std::move(handler), p->executor());
            if (slot.is_connected()) {
                slot.assign([p, weak = std::weak_ptr<waiter>(w)](asio::cancellation_type) {
                    if (p->closed()) return;  // the context may be gone, and its executor with it
                    asio::dispatch(p->executor(), [p, weak] { p->cancel_wait(weak.lock()); });
                });
            }
            asio::dispatch(p->executor(), [p, w] { p->wait(w); });
        };
        return asio::async_initiate<Token, void(std::exception_ptr, result)>(std::move(initiation),
                                                                             token, &stream);
    }

private:
    struct waiter {
        virtual ~waiter() = default;
        virtual void complete(std::exception_ptr error, result item) = 0;
        bool cancelled = false;
    };

    template <class Handler>
    struct waiter_of final : waiter {
        waiter_of(Handler h, const asio::any_io_executor& ex)
            : handler(std::move(h)),
              home(asio::get_associated_executor(handler, ex)),
              stream_work(ex) {}
        void complete(std::exception_ptr error, result item) override {
            auto tell = [h = std::move(handler), e = std::move(error),
                         i = std::move(item)]() mutable {
                asio::get_associated_cancellation_slot(h).clear();
                std::move(h)(std::move(e), std::move(i));
            };
            std::move(home).post(std::move(tell));
        }
        Handler handler;
        way_home<asio::associated_executor_t<Handler, asio::any_io_executor>> home;
        asio::executor_work_guard<asio::any_io_executor> stream_work;
    };

    void wait(std::shared_ptr<waiter> w) {
        if (w->cancelled) return abort(*w);
        waiter_ = std::move(w);
        wake();
    }

    void cancel_wait(const std::shared_ptr<waiter>& w) {
        if (!w) return;  // it has its item
        w->cancelled = true;
        if (waiter_ != w) return;  // it is not here yet, and will find out
        waiter_.reset();
        abort(*w);
    }

    static void abort(waiter& w) {
        w.complete(std::make_exception_ptr(asio::system_error(asio::error::operation_aborted)),
                   result());
    }

    bool advance() noexcept override {
        if (!waiter_) return false;
        new_turn();
        std::exception_ptr error;
        std::optional<result> item;
        try {
            item = try_next();
        } catch (...) {
            error = std::current_exception();
        }
        if (!error && !item) return false;
        std::exchange(waiter_, nullptr)
            ->complete(std::move(error), item ? std::move(*item) : result());
        return false;
    }

    void let_go() noexcept override {
        stream_ = nullptr;
        waiter_.reset();
    }

    void new_turn() {
        turn_.emplace(*this, executor(), scope(), budget());
        one_at_a_time_.emplace(*turn_);
    }

    S* stream_ = nullptr;
    std::shared_ptr<waiter> waiter_;
    // A turn spans all the `next()` that find an item ready, so that a coroutine that never has to
    // wait still lets others run when its budget is spent.
    std::optional<poll_context> turn_;
    std::optional<poll_context::single_items> one_at_a_time_;
};

/// What `next()` returns: an `asio::awaitable<std::optional<T>>` that a `generator` recognises and
/// awaits by polling instead.
template <class S>
class [[nodiscard]] next_operation : public asio::awaitable<std::optional<item_t<S>>> {
    using awaitable = asio::awaitable<std::optional<item_t<S>>>;

public:
    explicit next_operation(S& stream) : awaitable(pull(stream)), stream_(&stream) {}
    S& stream() const noexcept { return *stream_; }

private:
    static awaitable pull(S& stream) {
        auto executor = co_await asio::this_coro::executor;
        auto p = stream.puller_on(executor);
        if (p->executor() == executor) {
            if (auto item = p->try_next()) co_return std::move(*item);
        }
        co_return co_await puller<S>::async_next(stream, asio::use_awaitable);
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
        return puller<Derived>::async_next(derived(), std::forward<Token>(token));
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

    /// The puller of this stream, made on first use. For `next_operation`.
    counted_ptr<puller<Derived>> puller_on(const asio::any_io_executor& executor) {
        if (!puller_) {
            auto fresh = counted_ptr<puller<Derived>>::adopt(new puller<Derived>(
                is_strand(executor) ? executor : make_segment_executor(executor)));
            fresh->enlist();
            puller_ = counted_ptr<puller_base>::share(fresh.get());
        }
        auto* p = static_cast<puller<Derived>*>(puller_.get());
        p->attach(derived());
        return counted_ptr<puller<Derived>>::share(p);
    }

private:
    friend Derived;  // and nobody else derives
    pullable() = default;
    // A puller belongs to one object at one place: it neither moves nor is copied. The stream's
    // leaves go on with whoever polls next.
    pullable(const pullable& other) noexcept : over_(other.over_) {}
    pullable& operator=(const pullable& other) noexcept {
        over_ = other.over_;
        return *this;
    }
    ~pullable() {
        if (puller_) puller_->detach();
    }

    Derived& derived() noexcept { return static_cast<Derived&>(*this); }

    counted_ptr<puller_base> puller_;
    bool over_ = false;  // `next()` has seen the end, or a failure
};

}  // namespace weir
