/// The receiving ends of channels with several senders.
#pragma once

#include <weir/channel/detail/shared_channel_state.hpp>
#include <weir/channel/detail/waiter_guard.hpp>
#include <weir/channel/receive_result.hpp>
#include <weir/channel/receiving_end.hpp>
#include <weir/core/poll.hpp>
#include <weir/runtime/detail/parker.hpp>
#include <weir/runtime/pull.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

/// A receiving end of `mpmc_channel` (copyable: copies are further receivers, and each item goes to
/// one of them) or of `mpsc_channel` (not copyable). A stream of what is sent.
///
/// Each one is used by one thread (or strand) at a time, and for one operation that waits at a
/// time, during which it stays where it is; different ones are independent. It may be received from
/// item by item, and then moved into a pipeline. When the last is destroyed, senders are notified
/// and the remaining items are destroyed.
///
/// Order: what one sender sends, each receiver sees in that order.
/// Errors: the one the channel was closed with: at each receiver, once, after all items.
/// Cancel-safe: a receive that is cancelled has taken nothing, and its wake-up is passed to the
/// next receiver.
template <class T, bool Copyable>
class basic_shared_receiver : public pullable<basic_shared_receiver<T, Copyable>>,
                              public receiving_end<basic_shared_receiver<T, Copyable>, T> {
    using state_type = detail::shared_channel_state<T>;
    using handle_type = detail::receiver_state<T>;
    using time_point = std::chrono::steady_clock::time_point;
    using pulled = pullable<basic_shared_receiver>;
    using ends = receiving_end<basic_shared_receiver, T>;

public:
    using guard = detail::waiter_guard<state_type, handle_type>;

    explicit basic_shared_receiver(std::shared_ptr<state_type> state) : state_(std::move(state)) {}
    basic_shared_receiver(const basic_shared_receiver& other)
        requires Copyable
        : pulled(), ends(), state_(other.state_) {
        if (state_) state_->add_receiver();
    }
    basic_shared_receiver(basic_shared_receiver&&) noexcept = default;
    basic_shared_receiver& operator=(basic_shared_receiver other) noexcept {
        pulled::operator=(other);
        std::swap(state_, other.state_);
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~basic_shared_receiver() {
        if (state_) state_->remove_receiver(handle_.get());
    }

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        if (!handle().chunk) handle_->chunk = std::make_unique<detail::chunk_buffer<T>>();
        const hand back(*state_, *handle_);
        std::size_t granted = 0;
        for (;;) {
            if (granted == 0) granted = cx.grant(detail::chunk_buffer<T>::most);
            if (granted == 0) return poll_state::pending;
            switch (state_->take_chunk(cx, *handle_, granted)) {
                case detail::take_result::nothing:
                    return poll_state::pending;
                case detail::take_result::ended:
                    state_->rethrow(handle_->told);
                    return poll_state::finished;
                case detail::take_result::taken:
                    break;
            }
            granted -= handle_->chunk->size();
            while (!handle_->chunk->empty()) {
                T item = std::move(handle_->chunk->front());
                handle_->chunk->pop_front();
                if (!sink(std::move(item))) return poll_state::paused;
            }
        }
    }

    /// What is there: an item, nothing yet, or the end. Never waits.
    receive_result<T> try_receive() {
        std::optional<T> item;
        switch (state_->try_take(item)) {
            case detail::take_result::taken:
                return receive_result<T>(std::move(*item));
            case detail::take_result::ended:
                state_->rethrow(handle().told);
                return receive_result<T>::end();
            case detail::take_result::nothing:
                break;
        }
        return receive_result<T>::nothing();
    }

    /// True when the channel was closed, or all senders are gone; there may still be items.
    bool closed() const { return state_->closed(); }
    /// How many items are sent and not received. A look from outside: it may change at once.
    std::size_t size() const { return state_->size(); }
    /// How much there may be, in items, or in bytes if it was made so.
    std::size_t capacity() const noexcept { return state_->capacity(); }
    /// How much of the capacity is taken.
    std::size_t used() const { return state_->used(); }
    /// How many items were dropped because the channel was full.
    std::uint64_t dropped() const { return state_->dropped(); }

    /// True when items were appended to `into`, or there are no more; otherwise the poller waits in
    /// line, for as long as `register_waiter()` lives. Throws what the channel was closed with.
    bool poll_some(poll_context& cx, std::vector<T>& into, std::size_t most) {
        into.reserve(into.size() +
                     std::min(most, detail::chunk_buffer<T>::most));  // not under the lock
        most = std::min(most, into.capacity() - into.size());
        auto append = [&into](T&& item) { into.push_back(std::move(item)); };
        const detail::take_result result = state_->poll_take(cx, handle(), most, append);
        if (result == detail::take_result::ended) state_->rethrow(handle_->told);
        return result != detail::take_result::nothing;
    }
    guard register_waiter() {
        handle();
        return guard(state_, handle_);
    }

private:
    friend ends;

    /// While items are out of the queue.
    class hand {
    public:
        hand(state_type& state, handle_type& handle) noexcept : state_(state), handle_(handle) {}
        hand(const hand&) = delete;
        hand& operator=(const hand&) = delete;
        ~hand() { state_.end_chunk(handle_); }

    private:
        state_type& state_;
        handle_type& handle_;
    };

    handle_type& handle() {
        if (!handle_) handle_ = std::make_shared<handle_type>();
        return *handle_;
    }

    receive_result<T> receive_blocking(std::optional<time_point> deadline) {
        auto found = try_receive();
        if (found || found.ended()) return found;
        std::optional<T> item;
        detail::take_result result = detail::take_result::nothing;
        auto take = [&](poll_context& cx) {
            auto keep = [&item](T&& x) { item.emplace(std::move(x)); };
            result = state_->poll_take(cx, *handle_, 1, keep);
            return result != detail::take_result::nothing;
        };
        const guard kept = register_waiter();
        if (!detail::block_until(take, deadline)) return found;
        if (result == detail::take_result::taken) return receive_result<T>(std::move(*item));
        state_->rethrow(handle_->told);
        return receive_result<T>::end();
    }

    std::shared_ptr<state_type> state_;
    std::shared_ptr<handle_type> handle_;
};

namespace detail {

/// `next()` of these: the place in line is given up when the call is cancelled.
template <class T, bool Copyable>
struct next_op<basic_shared_receiver<T, Copyable>> {
    using stream_type = basic_shared_receiver<T, Copyable>;

    explicit next_op(stream_type* s) : stream(s) {}

    bool poll(poll_context& cx) {
        if (stream->poll_next(cx, item)) return waiting.served(), true;
        if (!waiting.held()) waiting = stream->register_waiter();
        return false;
    }
    std::optional<T> result() { return std::move(item); }

    stream_type* stream;
    std::optional<T> item = {};
    typename stream_type::guard waiting = {};
};

}  // namespace detail

/// A receiver that can be copied: see `mpmc_channel`.
template <class T>
using shared_receiver = basic_shared_receiver<T, true>;
/// The one receiver of an `mpsc_channel`.
template <class T>
using unique_receiver = basic_shared_receiver<T, false>;

}  // namespace weir
