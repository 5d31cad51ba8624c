/// \file
/// Receives values from clients, as one stream.
#pragma once

#include <weir/connectors/tcp/decoder.hpp>
#include <weir/connectors/tcp/detail/client_set.hpp>
#include <weir/connectors/tcp/listener.hpp>
#include <weir/connectors/tcp/receive_options.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/pull.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::tcp {

namespace detail {

/// The stream that `receive` makes.
template <class Make>
class receive_stream : public pullable<receive_stream<Make>> {
    using decoder_type = std::invoke_result_t<Make&>;

public:
    using value_type = typename decoder_type::value_type;

    receive_stream(listener port, Make make, receive_options options)
        : decoders_(options.max_clients),
          clients_(std::make_unique<client_set>(std::move(port), std::move(options))),
          make_(std::move(make)) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        clients_->begin();
        for (;;) {
            while (owed_ != 0) {
                const std::size_t granted = cx.grant(owed_);
                if (granted == 0) return poll_state::pending;
                owed_ -= granted;
            }
            if (rest_.empty()) {
                const auto input = clients_->next(cx);
                if (!input) return clients_->wait(cx);
                if (!take(*input, sink)) return poll_state::paused;
            } else if (!decode(sink)) {
                return poll_state::paused;
            }
        }
    }

    /// Accepts no more clients. The bytes received so far are handed on as values, then the stream
    /// ends.
    void drain() { clients_->drain(); }

    /// How many faults the decoders have found: for the ledger of a pipeline.
    std::uint64_t rejected() const noexcept { return rejected_; }

private:
    // These return false when the sink returned false.

    template <class Sink>
    bool take(const client_input& input, Sink& sink) {
        auto& d = decoders_[input.client];
        if (!d) d.emplace(make_());
        ++owed_;
        client_ = input.client;
        rest_ = input.bytes;
        if (!input.over) return decode(sink);
        bool more = true;
        d->end(value_to(sink, more), fault_to());
        d.reset();
        clients_->leave(input);
        return more;
    }

    template <class Sink>
    bool decode(Sink& sink) {
        auto& d = decoders_[client_];
        bool more = true;
        rest_.remove_prefix(d->feed(rest_, value_to(sink, more), fault_to()));
        if (is_broken(*d)) {
            d.reset();
            rest_ = {};
            clients_->drop_client(client_);
        }
        return more;
    }

    template <class Sink>
    auto value_to(Sink& sink, bool& more) {
        return [this, &sink, &more](value_type&& x) WEIR_FUSED -> bool {
            ++owed_;
            return more = sink(std::move(x));
        };
    }
    auto fault_to() {
        return [this](const auto& fault) {
            ++rejected_;
            clients_->tell_fault(client_, fault);
        };
    }

    std::vector<std::optional<decoder_type>> decoders_;
    std::unique_ptr<client_set> clients_;
    [[no_unique_address]] Make make_;
    std::size_t client_ = 0;  // the current client, and the rest of its block
    std::string_view rest_;
    std::size_t owed_ = 0;  // items handed on that were not granted yet
    std::uint64_t rejected_ = 0;
};

}  // namespace detail

/// The values that clients send to a port, all clients in one stream.
///
///     weir::tcp::listener port(rt.executor(), {.port = 9000});
///     p.add("trades", weir::tcp::receive<weir::codec::frames<trade>>(std::move(port)) |
///                         p.source("tcp") | weir::for_each(store));
///
/// `Decoder` (see decoder.hpp) turns a client's bytes into values. Each client has its own, made by
/// `make()` or default-constructed. Values with views are valid until the sink returns (after
/// `co_await next()`: until the next call).
///
/// Order: that of each client. Fair: clients with input take turns, one block each. Backpressure: a
/// client is read when values are requested, so the sends of a client whose values are not taken
/// block. Memory: one block (64 KiB) in all, and the incomplete values in the decoders.
///
/// Up to `max_clients` clients may be connected at once. The failure of a client (it vanishes,
/// resets, sends garbage) ends only its connection, and is reported to `on_event`. Beyond
/// `max_clients` a newcomer is turned away, or replaces a client that was silent for
/// `idle_timeout`. A client that is cut off or turned away gets an error, not a normal end.
///
/// End: only by `drain()`, which `take_until` and `pipeline::source` directly behind it call: no
/// more clients are accepted, the bytes received by then are handed on as values, then the stream
/// ends. Errors: `std::invalid_argument` for invalid options; exceptions of `make`, the decoder or
/// `on_event`. Cancellation: closes all connections. Cost: the values of a block are handed on at
/// once, decoded and consumed in one loop; no allocation, no hop between threads and no lock per
/// item. Two system calls per block.
template <std::invocable Make>
auto receive(listener port, Make make, receive_options options = {}) {
    using decoder_type = std::invoke_result_t<Make&>;
    static_assert(decoder<decoder_type>, "weir::tcp::receive: this is no decoder: see decoder.hpp");
    return detail::receive_stream<Make>(std::move(port), std::move(make), std::move(options));
}
template <decoder Decoder>
auto receive(listener port, receive_options options = {}) {
    return receive(std::move(port), [] { return Decoder(); }, std::move(options));
}

}  // namespace weir::tcp
