/// into a broadcast: sends all items to all of its receivers.
#pragma once

#include <weir/channel/broadcast.hpp>
#include <weir/core/asio.hpp>
#include <weir/runtime/terminal.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <utility>
#include <vector>

namespace weir {

namespace detail {

template <class T>
class broadcast_terminal {
public:
    explicit broadcast_terminal(broadcast_sender<T> to) : to_(std::move(to)) {}
    broadcast_terminal(broadcast_terminal&&) noexcept = default;
    broadcast_terminal& operator=(broadcast_terminal&&) = delete;
    // Closes with an error, because a cancelled pipeline has not sent all items and must not look
    // complete.
    ~broadcast_terminal() {
        to_.close(std::make_exception_ptr(asio::system_error(asio::error::operation_aborted)));
    }

    template <class S>
    poll_state poll(poll_context& cx, S& stream) {
        std::exception_ptr error;
        try {
            return send_all(cx, stream);
        } catch (...) {
            error = std::current_exception();
        }
        to_.close(error);
        std::rethrow_exception(error);
    }
    void result() { const auto done = std::move(to_); }

private:
    static constexpr std::size_t most_at_once = 64;

    template <class S>
    poll_state send_all(poll_context& cx, S& stream) {
        for (;;) {
            if (!to_.poll_send_some(cx, chunk_, sent_)) return poll_state::pending;
            chunk_.clear();
            sent_ = 0;
            if (ended_) return poll_state::finished;
            const poll_state state = stream.poll(cx, [this](item_t<S>&& x) -> bool {
                chunk_.push_back(std::move(x));
                return chunk_.size() != most_at_once;
            });
            ended_ = state == poll_state::finished;
            if (state == poll_state::pending && chunk_.empty()) return state;
        }
    }

    broadcast_sender<T> to_;
    std::vector<T> chunk_;  // taken from upstream; sent up to `sent_`
    std::size_t sent_ = 0;
    bool ended_ = false;
};

}  // namespace detail

/// Runs the pipeline into a broadcast, in chunks of up to 64 items. No item waits until a chunk is
/// full. At the end, only this sender is released. If upstream fails, the broadcast is closed with
/// the error (the terminal throws it too); if the pipeline is cancelled, with `operation_aborted`.
/// If another sender closes the broadcast, the terminal fails with `channel_closed_error`. The
/// pipeline goes on if there are no receivers, because more may attach.
///
///     co_await (feed | weir::into(std::move(prices)));
template <class T>
auto into(broadcast_sender<T> to) {
    return terminal_closure([to = std::move(to)]<class S>(const S&) mutable {
        static_assert(std::same_as<item_t<S>, T>,
                      "weir::into: the broadcast's item type is not the stream's");
        check_owned_items<S>();
        return detail::broadcast_terminal<T>(std::move(to));
    });
}

}  // namespace weir
