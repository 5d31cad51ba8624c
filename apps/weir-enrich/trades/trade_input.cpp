#include "trade_input.hpp"

#include <weir/codec/frames.hpp>
#include <weir/codec/json_lines.hpp>
#include <weir/connectors/tcp/receive.hpp>
#include <weir/operators/flat_map.hpp>
#include <weir/operators/flatten.hpp>
#include <weir/operators/take.hpp>
#include <weir/runtime/blocking_call.hpp>
#include <weir/sources/generate.hpp>
#include <weir/sources/interval.hpp>

#include <fmt/format.h>
#include <weir-enrich/endpoints/port.hpp>
#include <weir-enrich/model/generator.hpp>
#include <weir-enrich/trades/checked_trades.hpp>
#include <weir-enrich/trades/with_receive_time.hpp>

#include <chrono>
#include <exception>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace weir_enrich {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t second = 1'000'000'000;

/// The trades of a reader, one block at a time, read on the blocking executor.
class reader_stream {
public:
    using value_type = std::vector<trade>;

    explicit reader_stream(std::unique_ptr<trade_reader> reader) : reader_(std::move(reader)) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        for (;;) {
            if (!reading_.started()) {
                if (cx.grant(1) == 0) return weir::poll_state::pending;
                weir::start_blocking(reading_, cx, reader_,
                                     [](trade_reader& reader) { return reader.next(); });
            }
            auto done = reading_.poll(cx);
            if (!done) return weir::poll_state::pending;
            auto& [error, next] = *done;
            if (error) std::rethrow_exception(std::move(error));
            if (!next) return weir::poll_state::finished;
            if (!sink(std::move(*next))) return weir::poll_state::paused;
        }
    }

private:
    std::shared_ptr<trade_reader> reader_;
    weir::blocking_call<std::optional<value_type>> reading_;
};

/// Generated trades without a limit on their rate.
auto unpaced(const input_options& o) {
    return weir::generate(
        [made = trade_generator(o.seed, second / 1'000'000)]() mutable { return made.next(); });
}

/// Generated trades at a rate: each millisecond all trades that are due. If the machine falls
/// behind, the missing trades come later.
auto paced(const input_options& o) {
    const auto maker =
        std::make_shared<trade_generator>(o.seed, second / static_cast<std::int64_t>(o.rate));
    return weir::interval(1ms) | weir::flat_map([maker, rate = o.rate](std::uint64_t tick) {
               const std::uint64_t due = (tick + 1) * rate / 1'000;
               return weir::generate([maker, due]() -> std::optional<trade> {
                   if (maker->made() >= due) return std::nullopt;
                   return maker->next();
               });
           });
}

/// The trades that clients send. Bytes that are not a trade are rejected. The client stays
/// connected if the decoder can find its next trade.
template <class Decoder>
auto received(const endpoint& from, const asio::any_io_executor& executor, bad_records& bad,
              connection_counts& connections) {
    auto options = receive_options_of(from);
    options.on_event =
        [&bad, tell = client_teller("client", connections)](const weir::tcp::client_event& e) {
            if (e.what != weir::tcp::connection_change::fault) return tell(e);
            bad.add(fmt::format("{}: byte {}: {}: rejected", weir::tcp::to_string(e.client),
                                e.offset, e.message));
        };
    return weir::tcp::receive<Decoder>(open_port(from, executor, "trades"), std::move(options));
}

template <class S>
weir::any_stream<trade> admitted(S stream, const input_options& o, run_counts& counts) {
    if (!o.count) return std::move(stream) | with_receive_time(counts);
    return std::move(stream) | weir::take(*o.count) | with_receive_time(counts);
}

}  // namespace

weir::any_stream<trade> open_trades(weir::pipeline& p, const asio::any_io_executor& executor,
                                    const input_options& o, run_counts& counts, bad_records& bad,
                                    connection_counts& connections) {
    auto source = p.source(o.from.text);
    if (o.from.kind == endpoint_kind::generator) {
        if (o.rate == 0) return admitted(unpaced(o) | std::move(source), o, counts);
        return admitted(paced(o) | std::move(source), o, counts);
    }
    if (o.from.kind == endpoint_kind::tcp) {
        if (o.from.format == format::frames) {
            using frames = checked_trades<weir::codec::frames<trade>>;
            return admitted(
                received<frames>(o.from, executor, bad, connections) | std::move(source), o,
                counts);
        }
        using lines = checked_trades<weir::codec::json_lines<trade>>;
        return admitted(received<lines>(o.from, executor, bad, connections) | std::move(source), o,
                        counts);
    }
    auto blocks = reader_stream(open_reader(o.from, bad));
    return admitted(std::move(blocks) | weir::flatten() | std::move(source), o, counts);
}

}  // namespace weir_enrich
