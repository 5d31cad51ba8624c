/// \file
/// A stream for any number of subscribers.
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
            // What there is goes out now: nothing waits for more to come.
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

/// Appends a text as it is.
struct append_bytes {
    void operator()(std::string& to, std::string_view bytes) const { to += bytes; }
};

}  // namespace detail

/// Sends all items to whoever is connected: each subscriber gets every message from its coming on.
///
///     weir::tcp::listener port(rt.executor(), {.port = 9001});
///     auto encode = [](std::string& to, const trade& t) { weir::codec::append_frame(to, t); };
///     p.add("out", std::move(trades) | weir::tcp::publish(std::move(port), encode),
///           [&](const weir::tcp::publish_report& r) { report = r; });
///
/// `encode(std::string& to, item)` appends the bytes of one message; without it items are texts,
/// sent as they are. Messages that come in a run go out together, in blocks of about `block_size`;
/// none waits for others to come. What a subscriber gets are whole messages, in order.
/// A block is written to each at once; for one who cannot take all of it the rest is queued, in
/// memory that the subscribers share. The queue of each is bounded by `max_queue_bytes`; for one
/// whose queue is full `on_overflow` says what to do, counted by subscriber (see
/// `subscriber_event`). A slow one slows nobody else, unless the policy is to wait for it. One that
/// vanishes is forgotten. What subscribers send is read, to notice that, and thrown away; one that
/// has closed its sending side gets everything all the same. At the end of the stream nobody is let
/// in any more, what is queued is sent, and a connection is closed when the subscriber's system has
/// confirmed all of it, and, if the subscriber has said something, when it has closed too; `linger`
/// is for all that. Yields a `publish_report`. A subscriber that is cut off or turned away meets an
/// error (`connection_reset`); the end of the connection says that it has everything. Errors:
/// `std::invalid_argument` for options that make no sense; `stage_error` if `encode` throws; what
/// the stream throws. Then, and when cancelled, connections are closed at once. Cost: a system call
/// a block and subscriber; no allocation for one who keeps up.
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
