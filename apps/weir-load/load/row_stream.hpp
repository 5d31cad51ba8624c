/// Rows as a stream.
#pragma once

#include <weir/core/poll.hpp>
#include <weir/runtime/async_operation.hpp>
#include <weir/runtime/blocking_call.hpp>
#include <weir/runtime/pull.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "load_inputs.hpp"

namespace weir_load::table_load {

/// The batches of rows of a `row_source`. Reading, parsing and making rows run on the blocking
/// executor, one batch ahead of what takes them.
class row_stream : public weir::pullable<row_stream> {
public:
    using value_type = row_batch;

    explicit row_stream(std::shared_ptr<row_source> source) noexcept : source_(std::move(source)) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        for (;;) {
            if (cx.grant(1) == 0) return weir::poll_state::pending;
            if (!reading_.started()) start(cx);
            auto done = reading_.poll(cx);
            if (!done) return weir::poll_state::pending;
            auto& [error, next] = *done;
            if (error) std::rethrow_exception(std::move(error));
            if (!next) return weir::poll_state::finished;
            start(cx);
            if (!sink(std::move(*next))) return weir::poll_state::paused;
        }
    }

private:
    void start(weir::poll_context& cx) {
        weir::start_blocking(reading_, cx, source_, [](auto& source) { return source.next(); });
    }

    std::shared_ptr<row_source> source_;
    weir::async_operation<std::exception_ptr, std::optional<row_batch>> reading_;
};

}  // namespace weir_load::table_load
