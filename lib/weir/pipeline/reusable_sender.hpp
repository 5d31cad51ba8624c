/// A sender that survives the segment that uses it.
#pragma once

#include <weir/channel/channel.hpp>
#include <weir/channel/detail/send_all.hpp>
#include <weir/core/pipe.hpp>
#include <weir/pipeline/pipeline_channel.hpp>
#include <weir/runtime/terminal.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace weir {

/// A sender for a segment that may be restarted. Copies share it; only one at a time may use it.
///
/// `stream | into(reusable)` closes the channel when the stream ends, as every `into` does. When
/// the stream fails or is cancelled, the channel stays open for the next attempt. When the last
/// copy is destroyed (the pipeline has given the segment up), the channel is closed with
/// `operation_aborted`: the receiver has not got all items. Not thread-safe: used by its creator,
/// then by the segment only.
template <class T>
class reusable_sender {
    struct state {
        explicit state(sender<T> s) : to(std::move(s)) {}
        state(const state&) = delete;
        state& operator=(const state&) = delete;
        ~state() {
            to.close(std::make_exception_ptr(asio::system_error(asio::error::operation_aborted)));
        }
        sender<T> to;
        bool open = true;
    };

public:
    explicit reusable_sender(sender<T> to) : state_(std::make_shared<state>(std::move(to))) {}
    explicit reusable_sender(pipeline_sender<T> to)
        : state_(std::make_shared<state>(sender<T>(std::move(static_cast<sender<T>&>(to))))),
          end_(to.end()) {}

    /// False after it was moved from.
    explicit operator bool() const noexcept { return state_ != nullptr; }
    detail::channel_state<T>& channel() const noexcept { return state_->to.state(); }
    bool open() const noexcept { return state_->open; }
    void close() const noexcept {
        state_->open = false;
        state_->to.close();
    }
    void note_use() const {
        if (end_) end_->note_sender();
    }

private:
    std::shared_ptr<state> state_;
    std::optional<detail::channel_end> end_;
};

namespace detail {

template <class T>
class reusable_sender_terminal {
public:
    explicit reusable_sender_terminal(reusable_sender<T> to) : to_(std::move(to)) {}
    reusable_sender_terminal(reusable_sender_terminal&&) noexcept = default;
    reusable_sender_terminal& operator=(reusable_sender_terminal&&) = delete;
    ~reusable_sender_terminal() {
        if (to_ && to_.open()) to_.channel().pause_sending();
    }

    template <class S>
    poll_state poll(poll_context& cx, S& stream) {
        return detail::send_all(cx, stream, to_.channel());
    }
    void result() { to_.close(); }

private:
    reusable_sender<T> to_;
};

}  // namespace detail

/// Makes a sender that can be used again after a failure.
///
///     auto [tx, rx] = p.channel<row>("rows", 128);
///     p.add("feed", weir::restart{}, [&p, to = weir::make_reusable(std::move(tx))] {
///         return connect() | p.source("feed") | weir::into(to);
///     });
template <class T>
reusable_sender<T> make_reusable(sender<T> to) {
    return reusable_sender<T>(std::move(to));
}
template <class T>
reusable_sender<T> make_reusable(pipeline_sender<T> to) {
    return reusable_sender<T>(std::move(to));
}

/// As `into(sender)`, except for what `reusable_sender` describes.
template <class T>
auto into(reusable_sender<T> to) {
    return terminal_closure([to = std::move(to)]<class S>(const S&) mutable {
        static_assert(std::same_as<item_t<S>, T>,
                      "weir::into: the channel's item type is not the stream's");
        check_owned_items<S>();
        to.note_use();
        return detail::reusable_sender_terminal<T>(std::move(to));
    });
}

}  // namespace weir
