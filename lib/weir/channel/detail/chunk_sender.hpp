/// From a stream into a channel with several senders.
#pragma once

#include <weir/channel/channel_full.hpp>
#include <weir/channel/shared_sender.hpp>
#include <weir/core/stream.hpp>

#include <exception>
#include <memory>
#include <utility>

namespace weir::detail {

/// One stream on its way into a shared channel. Sends in chunks, each under one lock: first room is
/// reserved, then the stream is asked for as much. What is at hand is put before `poll` returns: a
/// run never delays an item. The channel is left open.
template <class T>
class chunk_sender {
public:
    /// `finished` when the stream has ended and all is put, or there is no receiver. Throws what
    /// the stream threw, after what it had handed over was put; and `channel_full_error`.
    template <class S>
    poll_state poll(poll_context& cx, S& stream, shared_sender<T>& to) {
        return to.state().policy() == overflow::wait ? in_chunks(cx, stream, to)
                                                     : one_by_one(cx, stream, to);
    }

private:
    template <class S>
    poll_state in_chunks(poll_context& cx, S& stream, shared_sender<T>& to) {
        auto& state = to.state();
        auto& handle = to.handle();
        if (!handle.chunk) handle.chunk = std::make_unique<chunk_buffer<T>>();
        for (bool waits = false;;) {
            const put_result result = state.next_chunk(cx, handle, !ended_ && !waits);
            if (result == put_result::no_receivers) return poll_state::finished;
            if (result == put_result::no_room) return poll_state::pending;
            if (ended_) {
                if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
                return poll_state::finished;
            }
            if (waits) {
                return state.poll_refused(cx, handle) ? poll_state::finished : poll_state::pending;
            }
            waits = collect(cx, stream, state, handle) == poll_state::pending;
        }
    }

    /// Polls for as much as there is room reserved. In bytes, the last item may need more.
    template <class S>
    poll_state collect(poll_context& cx, S& stream, const shared_channel_state<T>& state,
                       sender_state<T>& handle) {
        std::size_t left = handle.reserved;
        auto keep = [&](T&& item) -> bool {
            const std::size_t size = state.size_of(item);
            handle.chunk->push_back(std::move(item), size);
            left -= std::min(left, size);
            return left != 0 && !handle.chunk->full();
        };
        poll_state result = poll_state::finished;
        try {
            result = stream.poll(cx, keep);
        } catch (...) {
            error_ = std::current_exception();
        }
        ended_ = result == poll_state::finished;
        return result;
    }

    /// Where a full channel drops or fails, there is no room to wait for.
    template <class S>
    poll_state one_by_one(poll_context& cx, S& stream, shared_sender<T>& to) {
        for (;;) {
            bool closed = false;
            std::exception_ptr full;
            const poll_state result = stream.poll(cx, [&](T&& item) -> bool {
                try {
                    return to.put_now(item);
                } catch (const channel_closed_error&) {
                    closed = true;
                } catch (const channel_full_error&) {
                    full = std::current_exception();
                }
                return false;
            });
            if (full) std::rethrow_exception(std::move(full));
            if (closed) return poll_state::finished;
            if (result == poll_state::pending && to.state().poll_refused(cx, to.handle())) {
                return poll_state::finished;
            }
            if (result != poll_state::paused) return result;
        }
    }

    bool ended_ = false;
    std::exception_ptr error_;  // why, if it has failed
};

}  // namespace weir::detail
