/// from_async: a repeated Asio operation as a stream, such as a timer's ticks or a socket's bytes.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/runtime/async_operation.hpp>
#include <weir/runtime/pull.hpp>

#include <asio/buffer.hpp>

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace weir {

namespace detail {

template <class T, class Initiate>
class async_stream : public pullable<async_stream<T, Initiate>> {
public:
    using value_type = T;

    explicit async_stream(Initiate initiate) : initiate_(std::move(initiate)) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        for (;;) {
            if (!operation_.started()) {
                if (cx.grant(1) == 0) return poll_state::pending;
                operation_.start(cx, initiate_);
            }
            auto done = operation_.poll(cx);
            if (!done) return poll_state::pending;
            auto& [error, item] = *done;
            if (error == asio::error::eof) return poll_state::finished;
            if (error) throw asio::system_error(error);
            if (!sink(std::move(item))) return poll_state::paused;
        }
    }

private:
    Initiate initiate_;
    async_operation<asio::error_code, T> operation_;
};

}  // namespace detail

/// A stream of the results of an asynchronous operation that is started again after each one.
///
/// `initiate(handler)` starts one operation with the completion signature `void(asio::error_code,
/// T)`. The objects it uses must outlive the operation (hold them by shared_ptr).
///
///     weir::from_async<std::size_t>([s](auto handler) { s->async_wait_for(std::move(handler)); })
///
/// One operation runs at a time, so backpressure reaches the peer.
/// End: `asio::error::eof`.
/// Errors: any other error code, as `asio::system_error`.
/// Cancellation: the operation in flight is cancelled through its cancellation slot.
template <class T, class Initiate>
auto from_async(Initiate initiate) {
    return detail::async_stream<T, Initiate>(std::move(initiate));
}

/// A stream of the bytes that arrive at a socket (or any object with `async_read_some`), in blocks
/// of at most `block_size` bytes as they come. It ends when the peer closes.
///
///     auto lines = weir::read_some(std::make_shared<tcp::socket>(std::move(socket))) | ...
///
/// The stream keeps the shared socket alive while it reads. Errors, cancellation: see `from_async`.
template <class AsyncReadStream>
auto read_some(std::shared_ptr<AsyncReadStream> socket, std::size_t block_size = 64 * 1024) {
    return from_async<std::string>([socket = std::move(socket), block_size](auto handler) {
        auto block = std::make_shared<std::string>(block_size, '\0');
        auto executor = handler.get_executor();
        auto slot = handler.get_cancellation_slot();
        auto deliver = [socket, block, handler = std::move(handler)](const asio::error_code& error,
                                                                     std::size_t n) mutable {
            block->resize(n);
            handler(error, std::move(*block));
        };
        socket->async_read_some(
            asio::buffer(*block),
            asio::bind_cancellation_slot(slot, asio::bind_executor(executor, std::move(deliver))));
    });
}

/// A stream with one item each time `timer` expires: the number of the expiry. `rearm(timer)` sets
/// the next expiry, or returns false to end the stream.
///
///     weir::expiries(timer, [](auto& t) { t.expires_after(1s); return true; })
template <class Timer, class Rearm>
auto expiries(std::shared_ptr<Timer> timer, Rearm rearm) {
    return from_async<std::size_t>([timer = std::move(timer), rearm = std::move(rearm),
                                    n = std::size_t{0}](auto handler) mutable {
        if (!rearm(*timer)) {
            auto executor = handler.get_executor();
            asio::post(executor, [handler = std::move(handler), n]() mutable {
                handler(asio::error::eof, n);
            });
            return;
        }
        auto executor = handler.get_executor();
        auto slot = handler.get_cancellation_slot();
        auto deliver = [timer, handler = std::move(handler),
                        n = n](const asio::error_code& error) mutable { handler(error, n); };
        ++n;
        timer->async_wait(
            asio::bind_cancellation_slot(slot, asio::bind_executor(executor, std::move(deliver))));
    });
}

}  // namespace weir
