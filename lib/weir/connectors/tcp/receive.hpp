/// \file
/// Values that clients send, as one stream.
#pragma once

#include <weir/connectors/tcp/decoder.hpp>
#include <weir/connectors/tcp/intake.hpp>
#include <weir/connectors/tcp/listener.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/pull.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::tcp {

/// The stream that `receive` makes.
template <class Make>
class receive_stream : public pullable<receive_stream<Make>> {
    using decoder_type = std::invoke_result_t<Make&>;

public:
    using value_type = typename decoder_type::value_type;

    receive_stream(listener port, Make make, receive_options options)
        : decoders_(options.max_clients),
          clients_(std::make_unique<intake>(std::move(port), std::move(options))),
          make_(std::move(make)) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        clients_->begin();
        for (;;) {
            if (held_next_ != held_.size()) {
                const std::size_t granted = cx.grant(held_.size() - held_next_);
                if (granted == 0) return poll_state::pending;
                for (const std::size_t stop = held_next_ + granted; held_next_ != stop;) {
                    if (!sink(std::move(held_[held_next_++]))) return poll_state::paused;
                }
                continue;
            }
            held_.clear();
            held_next_ = 0;
            while (owed_ != 0) {
                const std::size_t granted = cx.grant(owed_);
                if (granted == 0) return poll_state::pending;
                owed_ -= granted;
            }
            const auto input = clients_->next(cx);
            if (!input) return clients_->wait(cx);
            if (!decode(*input, sink)) return poll_state::paused;
        }
    }

    /// Lets nobody in any more. What had been received by now is handed on, then the stream ends.
    void drain() { clients_->drain(); }

private:
    /// False when the sink has said no.
    template <class Sink>
    bool decode(const client_input& input, Sink& sink) {
        auto& d = decoders_[input.client];
        if (!d) d.emplace(make_());
        ++owed_;
        bool more = true;
        // A block is decoded as a whole: what comes after the sink's no is held.
        const auto on_value = [&](value_type&& x) {
            if (more) {
                ++owed_;
                more = sink(std::move(x));
            } else {
                held_.push_back(std::move(x));
            }
        };
        const auto on_fault = [&](const auto& fault) { clients_->tell_fault(input.client, fault); };
        if (input.over) {
            d->end(on_value, on_fault);
            d.reset();
            clients_->leave(input);
        } else {
            d->feed(input.bytes, on_value, on_fault);
            if (is_broken(*d)) {
                d.reset();
                clients_->expel(input.client);
            }
        }
        return more;
    }

    std::vector<std::optional<decoder_type>> decoders_;
    std::unique_ptr<intake> clients_;
    [[no_unique_address]] Make make_;
    std::vector<value_type> held_;  // of a block: what the sink did not want yet
    std::size_t held_next_ = 0;
    std::size_t owed_ = 0;  // items handed on that were not granted yet
};

/// The values that clients send to a port, all clients in one stream.
///
///     weir::tcp::listener port(rt.executor(), {.port = 9000});
///     p.add("trades", weir::tcp::receive<weir::codec::frames<trade>>(std::move(port)) |
///                         p.source("tcp") | weir::for_each(store));
///
/// `Decoder` (see decoder.hpp) makes values of a client's bytes; each client has one, made by
/// `make()` or default-constructed. Values must own their data.
/// Order: that of each client. Fair: clients that have something take turns, a block each.
/// Backpressure: a client is read when values are asked for, so that one whose values nobody takes
/// finds its sends blocked. At hand is a block (64 KiB) in all, and what the decoders keep.
/// Clients, up to `max_clients` at once, come and go: what becomes of one (it vanishes, resets,
/// sends garbage) ends nothing but its connection, and is told to `on_event`.
/// End: none, but with `drain()`, which `take_until` and `pipeline::source` directly behind it
/// call: nobody is let in any more, what has been received by then is handed on, then it ends.
/// Errors: `std::invalid_argument` for options that make no sense; what `make`, the decoder or
/// `on_event` throw.
/// Cancellation: closes all connections.
/// Cost: the values of a block are handed on at once, decoded and consumed in one loop; no
/// allocation, no hop between threads and no lock an item. Two system calls a block.
template <std::invocable Make>
auto receive(listener port, Make make, receive_options options = {}) {
    using decoder_type = std::invoke_result_t<Make&>;
    static_assert(decoder<decoder_type>, "weir::tcp::receive: this is no decoder: see decoder.hpp");
    static_assert(!is_borrowed<typename decoder_type::value_type>,
                  "weir::tcp::receive: the decoder's values are views that die when the block "
                  "does; let it make values that own their data");
    return receive_stream<Make>(std::move(port), std::move(make), std::move(options));
}
template <decoder Decoder>
auto receive(listener port, receive_options options = {}) {
    return receive(std::move(port), [] { return Decoder(); }, std::move(options));
}

}  // namespace weir::tcp
