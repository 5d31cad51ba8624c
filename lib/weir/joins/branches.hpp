/// Branches: several streams made of one.
#pragma once

#include <weir/channel/channel_full.hpp>
#include <weir/channel/detail/chunk_sender.hpp>
#include <weir/channel/overflow.hpp>
#include <weir/channel/shared_channel.hpp>
#include <weir/core/asio.hpp>
#include <weir/core/error.hpp>
#include <weir/core/pipe.hpp>
#include <weir/core/poll.hpp>
#include <weir/core/stream.hpp>
#include <weir/joins/detail/branch_edge.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

namespace weir {

/// The error that the consumer of a branch sees when `overflow::disconnect` disconnected it.
class branch_disconnected_error : public error {
public:
    branch_disconnected_error() : error("weir: this branch was too slow and is disconnected") {}
};

namespace detail {

/// The sending side of one branch: a channel, and the items that wait to enter it.
template <class T>
class branch_line {
public:
    explicit branch_line(shared_sender<T> to) : to_(std::move(to)) {}

    /// True when the branch is closed, so that its items are dropped.
    bool gone() const noexcept { return gone_; }
    void put(T&& item) {
        if (!gone_) waiting_.push_back(std::move(item));
    }

    /// Sends as many items as the channel takes. True when no item is left, or when the branch is
    /// closed. The poller is woken when there is room, and when the consumer is destroyed.
    bool poll(poll_context& cx) {
        if (gone_) return true;
        bool too_slow = false;
        if (nothing_left()) {
            gone_ = to_.state().poll_refused(cx, to_.handle());
        } else {
            try {
                rest items{*this};
                gone_ = chunks_.poll(cx, items, to_) == poll_state::finished;
            } catch (const channel_full_error&) {
                too_slow = true;
            }
        }
        if (too_slow) {
            gone_ = true;
            to_.close(std::make_exception_ptr(branch_disconnected_error()));
        }
        if (!gone_ && !nothing_left()) return false;
        waiting_.clear();
        sent_ = 0;
        return true;
    }

    /// No more items: the consumer drains, and then sees the error, or the end if there is none.
    void close(std::exception_ptr error) noexcept {
        gone_ = true;
        to_.close(std::move(error));
    }

private:
    /// An item that was taken from here may still be outside of the channel, if it is larger than
    /// the channel's free space.
    bool nothing_left() {
        const auto& chunk = to_.handle().chunk;
        return sent_ == waiting_.size() && (!chunk || chunk->empty());
    }

    /// The waiting items, as a stream that never ends.
    struct rest {
        using value_type = T;
        branch_line& line;

        template <class Sink>
        poll_state poll(poll_context&, Sink&& sink) {
            while (line.sent_ != line.waiting_.size()) {
                if (!sink(std::move(line.waiting_[line.sent_++]))) return poll_state::paused;
            }
            return poll_state::pending;
        }
    };

    shared_sender<T> to_;
    chunk_sender<T> chunks_;
    std::vector<T> waiting_;
    std::size_t sent_ = 0;  // the number of items sent
    bool gone_ = false;
};

/// A branch's channel, for a pipeline's graph.
template <class T>
class channel_edge final : public branch_edge {
public:
    explicit channel_edge(std::shared_ptr<const shared_channel_state<T>> channel)
        : channel_(std::move(channel)) {}

    std::size_t capacity() const override { return channel_->capacity(); }
    branch_progress progress() const override {
        const auto p = channel_->progress();
        return branch_progress{p.given, p.lost, p.inside};
    }

private:
    std::shared_ptr<const shared_channel_state<T>> channel_;
};

}  // namespace detail

/// The consumer's end of a branch: a `unique_receiver` that reports to a pipeline's graph which
/// segment takes it.
template <class T>
class branch_receiver : public unique_receiver<T> {
public:
    branch_receiver(unique_receiver<T> from, std::shared_ptr<const detail::branch_edge> edge)
        : unique_receiver<T>(std::move(from)), edge_(std::move(edge)) {}

    /// See `weir::taken_over`.
    void note_taken() const {
        unique_receiver<T>::note_taken();
        detail::note_piped(edge_, false);
    }

private:
    std::shared_ptr<const detail::branch_edge> edge_;
};

/// The pipe operator of any receiver.
template <class T, class Apply>
auto operator|(branch_receiver<T>&& from, pipe_closure<Apply> op) {
    from.note_taken();
    return unique_receiver<T>(std::move(from)) | std::move(op);
}

/// The branches of a `fan_out` or a `partition`, which decide where an item goes.
template <class T>
class branches {
public:
    /// Adds a branch: a stream of the items that go there, for a pipeline of its own. The branch
    /// may be `capacity` items behind (or `weir::bytes(...)`); then `when_slow` decides what
    /// happens.
    /// Make all branches before the pipeline. The graph of a `weir::pipeline` shows a branch if
    /// both of its ends are in segments of that pipeline.
    /// Errors: `std::invalid_argument` if the capacity is 0 or the policy does not fit.
    branch_receiver<T> branch(channel_limit<T> capacity, overflow when_slow = overflow::wait) {
        if (when_slow == overflow::wait && !capacity.in_bytes()) {
            most_at_once_ = std::min(most_at_once_, capacity.most());
        }
        auto state = std::make_shared<detail::shared_channel_state<T>>(std::move(capacity),
                                                                       channel_policy(when_slow));
        auto edge = std::make_shared<const detail::channel_edge<T>>(state);
        lines_.emplace_back(shared_sender<T>(state));
        edges_.push_back(edge);
        return branch_receiver<T>(unique_receiver<T>(std::move(state)), std::move(edge));
    }

    /// Notes that the pipeline that feeds the branches is piped now.
    void note_fed() const {
        for (const auto& edge : edges_) detail::note_piped(edge, true);
    }

    /// How many items to take before they are sent: 64, or the capacity of the smallest branch that
    /// waits.
    std::size_t most_at_once() const noexcept { return most_at_once_; }
    /// True when all items are sent. The poller is woken when there may be room.
    bool flush(poll_context& cx) {
        bool all = true;
        for (auto& line : lines_) all = line.poll(cx) && all;
        return all;
    }
    /// True when no branch has a consumer left.
    bool is_closed() const noexcept {
        return std::all_of(lines_.begin(), lines_.end(), [](const auto& x) { return x.gone(); });
    }
    void close(const std::exception_ptr& error) noexcept {
        for (auto& line : lines_) line.close(error);
    }

protected:
    std::vector<detail::branch_line<T>>& lines() noexcept { return lines_; }

private:
    /// The policy of the channel behind a branch. A failed send disconnects a branch with
    /// `overflow::disconnect`.
    static overflow channel_policy(overflow policy) {
        detail::check_overflow(
            policy,
            {overflow::wait, overflow::drop_oldest, overflow::drop_newest, overflow::disconnect},
            "branch");
        return policy == overflow::disconnect ? overflow::fail : policy;
    }

    std::vector<detail::branch_line<T>> lines_;
    std::vector<std::shared_ptr<const detail::branch_edge>> edges_;
    std::size_t most_at_once_ = 64;
};

namespace detail {

/// Runs a pipeline into branches. It gathers up to `most_at_once()` items that are ready, and then
/// sends them. `Branches::give(item)` puts an item into the right branch.
template <class T, class Branches>
class branches_terminal {
public:
    explicit branches_terminal(Branches to) : to_(std::move(to)) {}
    branches_terminal(branches_terminal&&) noexcept = default;
    branches_terminal& operator=(branches_terminal&&) = delete;
    // Closes with an error, because a cancelled pipeline has not sent all items and must not look
    // complete.
    ~branches_terminal() {
        to_.close(std::make_exception_ptr(asio::system_error(asio::error::operation_aborted)));
    }

    template <class S>
    poll_state poll(poll_context& cx, S& stream) {
        const poll_context::scoped_grant_limit no_more_than_a_chunk(cx, to_.most_at_once());
        for (bool waits = false;;) {
            if (!to_.flush(cx)) return poll_state::pending;
            if (ended_ || to_.is_closed()) break;
            if (waits) return poll_state::pending;
            waits = gather(cx, stream) == poll_state::pending;
        }
        to_.close(error_);
        if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
        return poll_state::finished;
    }
    void result() {}

private:
    template <class S>
    poll_state gather(poll_context& cx, S& stream) {
        poll_state state = poll_state::finished;
        std::size_t left = to_.most_at_once();
        try {
            state = stream.poll(cx, [&](T&& item) -> bool {
                to_.give(std::move(item));
                return --left != 0;
            });
        } catch (...) {
            error_ = std::current_exception();
        }
        ended_ = state == poll_state::finished;
        return state;
    }

    Branches to_;
    bool ended_ = false;
    std::exception_ptr error_;  // set if upstream has failed
};

}  // namespace detail

}  // namespace weir
