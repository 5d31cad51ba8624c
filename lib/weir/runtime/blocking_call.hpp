/// Blocking work as an operation of a stream.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/core/poll.hpp>
#include <weir/runtime/async_operation.hpp>
#include <weir/runtime/blocking.hpp>

#include <exception>
#include <memory>
#include <stop_token>
#include <utility>

namespace weir {

/// What a blocking call gives: its error, or its result.
template <class Result>
using blocking_call = async_operation<std::exception_ptr, Result>;

namespace detail {

/// Does `work(owner)`; tells the owner to stop should `stopping` be asked for meanwhile.
template <class Owner, class Work>
auto work_until(const std::stop_token& stopping, Owner& owner, Work& work) {
    if constexpr (requires { owner.stop(); }) {
        const auto give_up = [&owner] { owner.stop(); };
        const std::stop_callback<decltype(give_up)> when_asked(stopping, give_up);
        return work(owner);
    } else {
        return work(owner);
    }
}

}  // namespace detail

/// Starts `call` with `work(*owner)`, on the blocking executor. `owner` may outlive the stream by
/// as long as the work takes; if it has a `stop()`, that is called when the call is cancelled and
/// when the context is destroyed: from another thread than the one that works, if need be.
template <class Result, class Owner, class Work>
void start_blocking(blocking_call<Result>& call, poll_context& cx, std::shared_ptr<Owner> owner,
                    Work work) {
    const auto initiate = [&](auto handler) {
        if constexpr (requires { owner->stop(); }) {
            handler.get_cancellation_slot().assign(
                [owner](asio::cancellation_type) { owner->stop(); });
        }
        auto job = [owner = std::move(owner), work = std::move(work), done = std::move(handler),
                    stopping = detail::blocking_stop_of(cx.executor())]() mutable {
            std::exception_ptr error;
            Result result{};
            try {
                result = detail::work_until(stopping, *owner, work);
            } catch (...) {
                error = std::current_exception();
            }
            owner.reset();  // before the pipeline may complete: then its file is closed
            done(std::move(error), std::move(result));
        };
        asio::post(detail::blocking_executor_of(cx.executor()), std::move(job));
    };
    call.start(cx, initiate);
}

}  // namespace weir
