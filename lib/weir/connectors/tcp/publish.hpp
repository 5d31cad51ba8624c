/// \file
/// Sends a stream to any number of subscribers.
#pragma once

#include <weir/connectors/tcp/detail/send_queue.hpp>
#include <weir/connectors/tcp/detail/subscribers.hpp>
#include <weir/connectors/tcp/listener.hpp>
#include <weir/connectors/tcp/publish_options.hpp>
#include <weir/core/stage.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/terminal.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir::tcp {

namespace detail {

template <class Encode>
class publish_terminal {
public:
    publish_terminal(std::unique_ptr<subscribers> to, Encode encode)
        : to_(std::move(to)), encode_(std::move(encode)) {}

    template <class S>
    poll_state poll(poll_context& cx, S& stream) {
        for (;;) {
            to_->work(cx);
            if (ended_) return to_->finish(cx) ? poll_state::finished : poll_state::pending;
            if (!to_->has_room()) break;
            const poll_state state = stream.poll(cx, [this](item_t<S>&& x) WEIR_FUSED -> bool {
                where_.call(encode_, block_.bytes, std::move(x));
                ++block_.messages;
                return block_.bytes.size() < to_->options().block_size;
            });
            // The collected messages are sent now and do not wait for more.
            if (block_.messages != 0) to_->publish(cx, block_);
            if (state == poll_state::pending) break;
            ended_ = state == poll_state::finished;
        }
        to_->wait(cx);
        return poll_state::pending;
    }
    publish_report result() const { return to_->report(); }

private:
    std::unique_ptr<subscribers> to_;
    [[no_unique_address]] Encode encode_;
    stage where_{"tcp::publish", {}};
    message_block block_;
    bool ended_ = false;
};

/// Appends a text unchanged.
struct append_bytes {
    void operator()(std::string& to, std::string_view bytes) const { to += bytes; }
};

}  // namespace detail

/// Sends all items to all connected subscribers: each gets every message after it connected.
///
///     weir::tcp::listener port(rt.executor(), {.port = 9001});
///     auto encode = [](std::string& to, const trade& t) { weir::codec::append_frame(to, t); };
///     p.add("out", std::move(trades) | weir::tcp::publish(std::move(port), encode),
///           [&](const weir::tcp::publish_report& r) { report = r; });
///
/// `encode(std::string& to, item)` appends the bytes of one message. Without it items are texts,
/// sent unchanged. Messages that are ready together are sent together, in blocks of about
/// `block_size`; none waits for later ones. A subscriber gets whole messages, in order.
///
/// A block is written to each subscriber at once. If a subscriber cannot take all of it, the rest
/// is queued, in memory that the subscribers share. The queue of each is limited by
/// `max_queue_bytes`. `when_full` decides what happens when a queue is full, and the losses are
/// counted per subscriber (see `subscriber_event`). A slow subscriber slows no other, unless the
/// policy is to wait for it. A subscriber that vanishes is removed. Input of subscribers is read,
/// to notice that, and discarded; a subscriber that has closed its sending side still gets
/// everything.
///
/// At the end of the stream no more subscribers are accepted, and the queued blocks are sent. A
/// connection is closed when the subscriber's system has confirmed everything and, if the
/// subscriber has sent something, when it has closed too. `linger` limits the time for all that.
/// Yields a `publish_report`. A subscriber that is cut off or turned away gets an error
/// (`connection_reset`); a normal end of the connection means that it has everything.
///
/// Errors: `std::invalid_argument` for invalid options; `stage_error` if `encode` throws;
/// exceptions of the stream. On an error, and when cancelled, connections are closed at once. Cost:
/// one system call per block and subscriber; no allocation for a subscriber that keeps up.
template <class Encode>
auto publish(listener port, Encode encode, publish_options options = {}) {
    auto to = std::make_unique<detail::subscribers>(std::move(port), std::move(options));
    return terminal_closure(
        [to = std::move(to), encode = std::move(encode)]<class S>(const S&) mutable {
            check_not_async<Encode, std::string&, item_t<S>>();
            static_assert(std::is_invocable_v<Encode&, std::string&, item_t<S>>,
                          "weir::tcp::publish: the function cannot append the stream's items to a "
                          "std::string");
            return detail::publish_terminal<Encode>(std::move(to), std::move(encode));
        });
}
inline auto publish(listener port, publish_options options = {}) {
    return publish(std::move(port), detail::append_bytes(), std::move(options));
}

}  // namespace weir::tcp
