/// watch: the latest value of something that changes slowly: a setting, a price, a table.
#pragma once

#include <weir/channel/detail/waiter_list.hpp>
#include <weir/channel/detail/watch_state.hpp>
#include <weir/core/poll.hpp>
#include <weir/runtime/detail/op_driver.hpp>
#include <weir/runtime/detail/parker.hpp>
#include <weir/runtime/pull.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace weir {

template <class T>
class watch_receiver;

/// The end that says what the value is. Copyable; the watch is closed when the last copy is gone.
/// Different copies may be used by different threads at once, one copy by one thread at a time.
template <class T>
class watch_sender {
public:
    explicit watch_sender(std::shared_ptr<detail::watch_state<T>> state)
        : state_(std::move(state)) {
        if (state_) state_->add_sender();
    }
    watch_sender(const watch_sender& other) : watch_sender(other.state_) {}
    watch_sender(watch_sender&&) noexcept = default;
    watch_sender& operator=(watch_sender other) noexcept {
        std::swap(state_, other.state_);
        return *this;
    }
    ~watch_sender() {
        if (state_) state_->sender_closed();
    }

    /// Replaces the value and wakes the receivers; never waits for them. It is kept also when there
    /// are none, for those to come. False when the watch is closed.
    bool send(T value) { return state_->send(std::move(value)); }
    /// Changes the value in place by `f(T&)`, and wakes the receivers; not if `f` returns false.
    /// `f` is called under the watch's lock: it must be short, and not touch this watch. What it
    /// throws comes out here; then the value is as `f` left it, and no receiver is woken.
    template <std::invocable<T&> F>
    bool modify(F f) {
        return state_->modify(f);
    }
    /// A copy of the latest value.
    T latest() const {
        typename detail::watch_state<T>::version_type ignored = 0;
        return state_->read(ignored);
    }
    /// A further receiver. It has seen nothing yet: the value of now is news to it.
    watch_receiver<T> subscribe() const { return watch_receiver<T>(state_); }
    std::size_t receiver_count() const noexcept { return state_->receivers(); }

    /// Ends the watch for all senders and receivers; with an error if one is given. Receivers get
    /// the last value first. Only the first call counts.
    void close(std::exception_ptr error = nullptr) noexcept { state_->close(std::move(error)); }

private:
    std::shared_ptr<detail::watch_state<T>> state_;
};

/// The end that sees the latest value: by `get()`, or as a stream. Copyable: a copy has seen what
/// the original has. Different copies may be used by different threads at once, one copy by one
/// thread at a time.
///
/// As a stream it begins with the value there is, and then yields the latest one each time it has
/// changed. What was overwritten meanwhile is skipped; the last value never is. It ends when the
/// last sender is gone, or throws what the watch was closed with.
/// Cancel-safe: a wait that is cancelled has seen nothing.
template <class T>
class watch_receiver : public pullable<watch_receiver<T>> {
    struct changed_op {
        watch_receiver* self;
        bool changed = false;
        bool poll(poll_context& cx) {
            const auto answer = self->poll_changed(cx);
            changed = answer.value_or(false);
            return answer.has_value();
        }
        bool result() const noexcept { return changed; }
    };

public:
    using value_type = T;

    explicit watch_receiver(std::shared_ptr<detail::watch_state<T>> state)
        : state_(std::move(state)) {
        if (state_) state_->add_receiver();
    }
    watch_receiver(const watch_receiver& other)
        : pullable<watch_receiver>(other), state_(other.state_), seen_(other.seen_) {
        if (state_) state_->add_receiver();
    }
    watch_receiver(watch_receiver&&) noexcept = default;
    watch_receiver& operator=(watch_receiver other) noexcept {
        pullable<watch_receiver>::operator=(other);
        std::swap(state_, other.state_);
        std::swap(waiting_, other.waiting_);
        std::swap(copy_, other.copy_);
        seen_ = other.seen_;
        return *this;
    }
    ~watch_receiver() {
        if (state_) state_->receiver_closed(*waiting_);
    }

    /// The latest value, which counts as seen now. The reference is to this receiver's own copy,
    /// and is good until it is used again.
    /// Cost: one atomic load when nothing has changed; else a lock and a copy. Also after the end.
    const T& get() {
        if (state_->version() != seen_ || !copy_) copy_ = state_->read(seen_);
        return *copy_;
    }
    /// True when there is a value that this receiver has not seen. One atomic load.
    bool has_changed() const noexcept { return state_->version() != seen_; }

    /// Waits until there is a value that this receiver has not seen; false at the end.
    ///
    ///     for (bool more = co_await s.changed(); more; more = co_await s.changed()) use(s.get());
    ///
    /// Sees nothing itself: until `get()`, it is true again at once. Throws what the watch was
    /// closed with, after the last value was seen. One call at a time; the receiver stays where it
    /// is until it completes.
    asio::awaitable<bool> changed() { return poller_.start(changed_op(this)); }
    /// The same with any completion token, signature `void(std::exception_ptr, bool)`.
    template <class Token>
    auto async_changed(Token&& token) {
        return poller_.async_start(changed_op(this), std::forward<Token>(token));
    }
    /// Blocks the calling thread, which must not be one that runs tasks.
    bool blocking_changed() {
        changed_op op(this);
        detail::block_until([&op](poll_context& cx) { return op.poll(cx); });
        return op.result();
    }
    /// The same until `deadline` at most: then false, as there is no newer value.
    bool blocking_changed_until(std::chrono::steady_clock::time_point deadline) {
        changed_op op(this);
        auto ready = [&op](poll_context& cx) { return op.poll(cx); };
        if (!detail::block_until(ready, deadline)) state_->stop_waiting(*waiting_);
        return op.result();
    }

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        for (;;) {
            const auto changed = poll_changed(cx);
            if (!changed) return poll_state::pending;
            if (!*changed) return poll_state::finished;
            if (cx.grant(1) == 0) return poll_state::pending;
            copy_.reset();  // older than what is seen from now on
            if (!sink(state_->read(seen_))) return poll_state::paused;
        }
    }

private:
    std::optional<bool> poll_changed(poll_context& cx) {
        return state_->poll_changed(cx, seen_, *waiting_);
    }

    std::shared_ptr<detail::watch_state<T>> state_;
    // On the heap: the receiver may move while it waits.
    std::unique_ptr<detail::waiter_node> waiting_ = std::make_unique<detail::waiter_node>();
    typename detail::watch_state<T>::version_type seen_ = 0;
    std::optional<T> copy_;  // of version seen_, if there is one
    detail::op_driver poller_;
};

template <class T>
struct watch_ends {
    watch_sender<T> sender;
    watch_receiver<T> receiver;
};

/// Makes a watch on a value.
///
///     auto [rates, current] = weir::watch(load_rates());
///     rates.send(load_rates());                              // now and then, from any thread
///     std::move(orders) | weir::map([current](order o) mutable { return price(o, current.get());
///     })
///
/// T is held by value and copied to each receiver: for what is large use a
/// `std::shared_ptr<const table>`.
template <class T>
watch_ends<T> watch(T initial) {
    auto state = std::make_shared<detail::watch_state<T>>(std::move(initial));
    return {watch_sender<T>(state), watch_receiver<T>(state)};
}

}  // namespace weir
