/// \file
/// Receives values from a server.
#pragma once

#include <weir/connectors/tcp/connect_options.hpp>
#include <weir/connectors/tcp/decoder.hpp>
#include <weir/connectors/tcp/detail/client_connection.hpp>
#include <weir/core/asio.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/pull.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir::tcp {

namespace detail {

/// The stream that `connect` makes.
template <class Make>
class connect_stream : public pullable<connect_stream<Make>> {
    using decoder_type = std::invoke_result_t<Make&>;

public:
    using value_type = typename decoder_type::value_type;

    connect_stream(std::unique_ptr<client_connection> line, Make make)
        : line_(std::move(line)), make_(std::move(make)) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        for (;;) {
            while (owed_ != 0) {
                const std::size_t granted = cx.grant(owed_);
                if (granted == 0) return poll_state::pending;
                owed_ -= granted;
            }
            bool more = true;
            if (rest_.empty()) {
                const auto found = line_->next(cx);
                if (!found) return line_->over() ? poll_state::finished : poll_state::pending;
                if (!decoder_) {
                    decoder_.emplace(make_());
                    heard_ = false;
                }
                ++owed_;
                rest_ = found->bytes;
                if (found->over) {
                    decoder_->end(value_to(sink, more), fault_to());
                    decoder_.reset();
                    line_->lost(cx, found->error);
                }
            }
            if (!rest_.empty()) decode(cx, sink, more);
            if (!more) return poll_state::paused;
        }
    }

    /// Stops connecting. The bytes received so far are handed on as values, then the stream ends.
    void drain() { line_->drain(); }

private:
    template <class Sink>
    void decode(poll_context& cx, Sink& sink, bool& more) {
        rest_.remove_prefix(decoder_->feed(rest_, value_to(sink, more), fault_to()));
        if (!is_broken(*decoder_)) return;
        decoder_.reset();
        rest_ = {};
        line_->give_up(cx);
    }

    template <class Sink>
    auto value_to(Sink& sink, bool& more) {
        return [this, &sink, &more](value_type&& x) WEIR_FUSED -> bool {
            ++owed_;
            if (!std::exchange(heard_, true)) line_->worked();
            return more = sink(std::move(x));
        };
    }
    auto fault_to() {
        return [this](const auto& fault) { line_->tell_fault(fault); };
    }

    std::unique_ptr<client_connection> line_;
    [[no_unique_address]] Make make_;
    std::optional<decoder_type> decoder_;
    std::string_view rest_;  // the part of the block that is not decoded yet
    bool heard_ = false;     // this connection has given a value
    std::size_t owed_ = 0;   // items handed on beyond the grants so far
};

}  // namespace detail

/// The values that a server sends.
///
///     weir::tcp::connect<weir::codec::json_lines<quote>>(
///         rt.executor(), "rates.example.com", 9000, {.reconnect = weir::backoff_policy()})
///
/// It connects when it is first polled. The addresses of a host are tried in turn. After 250 ms the
/// next one is tried as well, and the first that answers is used. `executor`: see `listener`. Each
/// connection has a new `Decoder`, made by `make()` or default-constructed; see decoder.hpp, and
/// `receive` for values with views. End: with the connection; with `reconnect` only by `drain()`
/// (see `receive`). Errors: `asio::system_error` that names host and port, when the server cannot
/// be reached in time or the connection breaks down; `std::runtime_error` when the decoder cannot
/// continue. With `reconnect` these are reported to `on_event` instead, and a new attempt follows
/// after a wait; a received value resets the waits. `std::invalid_argument` for invalid options.
/// Backpressure and cost: as `receive`. Cancellation: closes the connection.
template <std::invocable Make>
auto connect(const asio::any_io_executor& executor, std::string host, std::uint16_t port, Make make,
             connect_options options = {}) {
    static_assert(decoder<std::invoke_result_t<Make&>>,
                  "weir::tcp::connect: this is no decoder: see decoder.hpp");
    auto line = std::make_unique<detail::client_connection>(executor, std::move(host), port,
                                                            std::move(options));
    return detail::connect_stream<Make>(std::move(line), std::move(make));
}
template <decoder Decoder>
auto connect(const asio::any_io_executor& executor, std::string host, std::uint16_t port,
             connect_options options = {}) {
    return connect(executor, std::move(host), port, [] { return Decoder(); }, std::move(options));
}

}  // namespace weir::tcp
