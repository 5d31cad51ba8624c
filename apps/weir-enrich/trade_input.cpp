#include "trade_input.hpp"

#include <weir/operators/flat_map.hpp>
#include <weir/operators/flatten.hpp>
#include <weir/operators/take.hpp>
#include <weir/runtime/async_operation.hpp>
#include <weir/runtime/blocking.hpp>
#include <weir/sources/generate.hpp>
#include <weir/sources/interval.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "generator.hpp"
#include "stamped.hpp"

namespace weir_enrich {

namespace {

using namespace std::chrono_literals;

using trades = weir::any_stream<trade>;

constexpr std::int64_t second = 1'000'000'000;

/// What a reader reads, a block at a time, on the blocking executor.
class reader_stream {
public:
    using value_type = std::vector<trade>;

    explicit reader_stream(std::unique_ptr<trade_reader> reader) : reader_(std::move(reader)) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        for (;;) {
            if (!reading_.started()) {
                if (cx.grant(1) == 0) return weir::poll_state::pending;
                start(cx);
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
    void start(weir::poll_context& cx) {
        const auto initiate = [&](auto handler) {
            handler.get_cancellation_slot().assign(
                [reader = reader_](asio::cancellation_type) { reader->stop(); });
            auto job = [reader = reader_, done = std::move(handler)]() mutable {
                std::exception_ptr error;
                std::optional<value_type> next;
                try {
                    next = reader->next();
                } catch (...) {
                    error = std::current_exception();
                }
                reader.reset();  // before the pipeline may complete
                done(std::move(error), std::move(next));
            };
            asio::post(weir::blocking_executor_of(cx.executor()), std::move(job));
        };
        reading_.start(cx, initiate);
    }

    std::shared_ptr<trade_reader> reader_;
    weir::async_operation<std::exception_ptr, std::optional<value_type>> reading_;
};

/// As fast as they are taken.
auto unpaced(const input_options& o) {
    return weir::generate(
        [made = trade_generator(o.seed, second / 1'000'000)]() mutable { return made.next(); });
}

/// So many a second: each millisecond all that are due. What the machine does not keep up with is
/// made up for later.
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

template <class S>
trades admitted(S stream, const input_options& o, run_counts& counts) {
    if (!o.count) return std::move(stream) | stamped(counts);
    return std::move(stream) | weir::take(*o.count) | stamped(counts);
}

}  // namespace

trades open_trades(weir::pipeline& p, const asio::any_io_executor&, const input_options& o,
                   run_counts& counts, bad_records& bad) {
    auto source = p.source(o.from.text);
    if (o.from.kind == place_kind::generator) {
        if (o.rate == 0) return admitted(unpaced(o) | std::move(source), o, counts);
        return admitted(paced(o) | std::move(source), o, counts);
    }
    auto blocks = reader_stream(open_reader(o.from, bad));
    return admitted(std::move(blocks) | weir::flatten() | std::move(source), o, counts);
}

}  // namespace weir_enrich
