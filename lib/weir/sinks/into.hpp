/// into: sends all items into a channel or another sink.
#pragma once

#include <weir/channel/channel.hpp>
#include <weir/channel/detail/chunk_sender.hpp>
#include <weir/channel/detail/send_all.hpp>
#include <weir/channel/shared_sender.hpp>
#include <weir/runtime/terminal.hpp>

#include <exception>
#include <utility>

namespace weir {

/// A destination for items that may not always be ready.
///
/// `poll_ready(cx)`: true when `push` may be called once; otherwise it arranges a wake-up.
/// `push(item)`: takes the item.
/// `poll_flush(cx)`: true when all pushed items are safe; otherwise it arranges a wake-up.
/// `result()`: the value that the terminal yields.
template <class K, class T>
concept sink_for = requires(K& k, poll_context& cx, T&& x) {
    { k.poll_ready(cx) } -> std::same_as<bool>;
    k.push(std::move(x));
    { k.poll_flush(cx) } -> std::same_as<bool>;
    k.result();
};

namespace detail {

template <class T>
class channel_terminal {
public:
    explicit channel_terminal(sender<T> to) : to_(std::move(to)) {}
    channel_terminal(channel_terminal&&) noexcept = default;
    channel_terminal& operator=(channel_terminal&&) = delete;
    // Closes with an error, because a cancelled pipeline has not sent all items and must not look
    // complete.
    ~channel_terminal() {
        to_.close(std::make_exception_ptr(asio::system_error(asio::error::operation_aborted)));
    }

    template <class S>
    poll_state poll(poll_context& cx, S& stream) {
        try {
            return send_all(cx, stream, to_.state());
        } catch (...) {
            to_.close(std::current_exception());
            throw;
        }
    }
    void result() { to_.close(); }

private:
    sender<T> to_;
};

template <class T>
class shared_channel_terminal {
public:
    explicit shared_channel_terminal(shared_sender<T> to) : to_(std::move(to)) {}
    shared_channel_terminal(shared_channel_terminal&&) noexcept = default;
    shared_channel_terminal& operator=(shared_channel_terminal&&) = delete;
    // Closes with an error, as above.
    ~shared_channel_terminal() {
        to_.close(std::make_exception_ptr(asio::system_error(asio::error::operation_aborted)));
    }

    template <class S>
    poll_state poll(poll_context& cx, S& stream) {
        std::exception_ptr error;
        try {
            return chunks_.poll(cx, stream, to_);
        } catch (...) {
            error = std::current_exception();
        }
        to_.close(error);
        std::rethrow_exception(std::move(error));
    }
    void result() { to_.leave(); }

private:
    shared_sender<T> to_;
    chunk_sender<T> chunks_;
};

template <class Sink>
class sink_terminal {
public:
    explicit sink_terminal(Sink sink) : sink_(std::move(sink)) {}

    template <class S>
    poll_state poll(poll_context& cx, S& stream) {
        while (!ended_) {
            if (!sink_.poll_ready(cx)) return poll_state::pending;
            const poll_state state = stream.poll(cx, [this](item_t<S>&& x) -> bool {
                sink_.push(std::move(x));
                return false;
            });
            if (state == poll_state::pending) return state;
            ended_ = state == poll_state::finished;
        }
        return sink_.poll_flush(cx) ? poll_state::finished : poll_state::pending;
    }
    decltype(auto) result() { return sink_.result(); }

private:
    Sink sink_;
    bool ended_ = false;
};

}  // namespace detail

/// Runs the pipeline into a channel. The channel is closed at the end. It is closed with the error
/// if upstream fails (the terminal throws the error too), or with `operation_aborted` if the
/// pipeline is cancelled. If the receiver is destroyed, the pipeline is cancelled, and the terminal
/// completes without error, because no more items are wanted.
///
///     co_await (rows | weir::into(std::move(to_writer)));
template <class T>
auto into(sender<T> to) {
    return terminal_closure([to = std::move(to)]<class S>(const S&) mutable {
        static_assert(std::same_as<item_t<S>, T>,
                      "weir::into: the channel's item type is not the stream's");
        check_owned_items<S>();
        return detail::channel_terminal<T>(std::move(to));
    });
}

/// The same for a channel with several senders. At the pipeline's end, only this sender is
/// released; the channel closes with the last sender. If upstream fails, the whole channel is
/// closed with the error; if the pipeline is cancelled, with `operation_aborted`. So the receivers
/// cannot mistake a part of the items for all of them. If another sender closes the channel, or the
/// last receiver is destroyed, the pipeline is cancelled and the terminal completes without error.
/// Items cross in chunks of up to 64; no item waits until a chunk is full.
template <class T>
auto into(shared_sender<T> to) {
    return terminal_closure([to = std::move(to)]<class S>(const S&) mutable {
        static_assert(std::same_as<item_t<S>, T>,
                      "weir::into: the channel's item type is not the stream's");
        check_owned_items<S>();
        return detail::shared_channel_terminal<T>(std::move(to));
    });
}

/// Runs the pipeline into a sink (see `sink_for`). Yields the sink's result once all items are
/// flushed.
template <class Sink>
auto into(Sink sink) {
    return terminal_closure([sink = std::move(sink)]<class S>(const S&) mutable {
        static_assert(sink_for<Sink, item_t<S>>,
                      "weir::into: this is no sink for the stream's items: see weir::sink_for");
        return detail::sink_terminal<Sink>(std::move(sink));
    });
}

}  // namespace weir
