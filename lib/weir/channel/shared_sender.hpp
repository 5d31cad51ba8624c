/// The sending end of a channel that may have several.
#pragma once

#include <weir/channel/channel_closed.hpp>
#include <weir/channel/channel_full.hpp>
#include <weir/channel/detail/shared_channel_state.hpp>
#include <weir/channel/detail/waiter_guard.hpp>
#include <weir/channel/overflow.hpp>
#include <weir/channel/sending_end.hpp>
#include <weir/core/poll.hpp>
#include <weir/runtime/detail/parker.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace weir {

/// A sending end of `mpsc_channel` or `mpmc_channel`. Copies are further senders; when the last is
/// destroyed the channel closes.
///
/// Each copy is used by one thread (or strand) at a time, and for one operation that waits at a
/// time, during which it stays where it is; different copies are independent.
///
/// Order: what one copy sends is received in that order. Turns: while others wait for room, a new
/// sender goes to the end of the queue. A sender that was woken may send 64 items before the
/// others' turn. Errors: a send fails with `channel_closed_error` when there is no receiver, and
/// with `channel_full_error` as `overflow::fail` says. Cancel-safe: a send that is cancelled, or
/// has failed, has put nothing.
template <class T>
class shared_sender : public sending_end<shared_sender<T>, T> {
    using ends = sending_end<shared_sender, T>;
    using state_type = detail::shared_channel_state<T>;
    using handle_type = detail::sender_state<T>;

public:
    using guard = detail::waiter_guard<state_type, handle_type>;

    explicit shared_sender(std::shared_ptr<state_type> state) : state_(std::move(state)) {}
    shared_sender(const shared_sender& other) : ends(), state_(other.state_) {
        if (state_) state_->add_sender();
    }
    shared_sender(shared_sender&&) noexcept = default;
    shared_sender& operator=(shared_sender other) noexcept {
        std::swap(state_, other.state_);
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~shared_sender() { leave(); }

    /// Sends `item` if that needs no waiting, or drops as the channel's policy says; otherwise
    /// leaves it and says false: there is no receiver or no room, or others wait for it.
    bool try_send(T&& item) { return state_ && put(item) == detail::put_result::done; }

    /// Closes the channel for all: senders fail from now on, those that wait too; receivers drain,
    /// and then see the end, or each of them the error. The first to close decides.
    void close(std::exception_ptr error = nullptr) noexcept {
        if (state_) state_->close(std::move(error));
    }
    /// Releases this end alone, as its destructor does. The channel closes with the last.
    void leave() noexcept {
        auto handle = std::move(handle_);
        if (auto state = std::exchange(state_, nullptr)) state->remove_sender(handle.get());
    }

    /// True when the last receiver is gone, or this end: nothing sent any more will be seen.
    bool is_closed() const { return !state_ || state_->is_closed(); }
    /// True when the channel was closed.
    bool closed() const { return !state_ || state_->closed(); }
    /// How many items are sent and not received. A look from outside: it may change at once.
    std::size_t size() const { return state_ ? state_->size() : 0; }
    /// How much there may be, in items, or in bytes if it was made so.
    std::size_t capacity() const noexcept { return state_ ? state_->capacity() : 0; }
    /// How much of the capacity is taken.
    std::size_t used() const { return state_ ? state_->used() : 0; }
    /// How many items were dropped because the channel was full.
    std::uint64_t dropped() const { return state_ ? state_->dropped() : 0; }

    /// True when `item` was put (or dropped); otherwise the poller waits in line, for as long as
    /// `register_waiter()` lives. Throws `channel_closed_error` and `channel_full_error`.
    bool poll_send(poll_context& cx, T& item) {
        if (!state_) throw_closed();
        if (cx.grant(1) == 0) return false;
        const detail::put_result result =
            state_->policy() == overflow::wait
                ? state_->poll_put(cx, item, state_->size_of(item), handle())
                : put(item);
        return settled(result);
    }
    guard register_waiter() {
        handle();
        return guard(state_, handle_);
    }

    /// For terminals that send in chunks. Precondition: it was not released.
    state_type& state() noexcept { return *state_; }
    handle_type& handle() {
        if (!handle_) handle_ = std::make_shared<handle_type>();
        return *handle_;
    }
    /// Puts without waiting: drops or throws, as the policy says. False where that is to wait.
    bool put_now(T& item) { return settled(put(item)); }

private:
    friend ends;

    [[noreturn]] static void throw_closed() {
        throw channel_closed_error(
            "weir::shared_sender: the channel is closed, or has no receiver");
    }
    [[noreturn]] static void throw_full() {
        throw channel_full_error("weir::shared_sender: the channel is full");
    }

    /// Puts without waiting, and drops the newest item where that is the policy.
    detail::put_result put(T& item) {
        const detail::put_result result =
            state_->try_put(item, state_->size_of(item), handle_.get());
        if (result != detail::put_result::no_room || state_->policy() != overflow::drop_newest) {
            return result;
        }
        [[maybe_unused]] const T unwanted = std::move(item);
        state_->count_dropped();
        return detail::put_result::done;
    }
    bool settled(detail::put_result result) const {
        if (result == detail::put_result::no_receivers) throw_closed();
        if (result == detail::put_result::no_room && state_->policy() == overflow::fail)
            throw_full();
        return result == detail::put_result::done;
    }

    bool send_blocking(T& item, std::optional<std::chrono::steady_clock::time_point> deadline) {
        if (!state_) throw_closed();
        if (settled(put(item))) return true;
        auto send = [this, &item](poll_context& cx) { return poll_send(cx, item); };
        const guard kept = register_waiter();
        return detail::block_until(send, deadline);
    }

    std::shared_ptr<state_type> state_;
    std::shared_ptr<handle_type> handle_;
};

}  // namespace weir
