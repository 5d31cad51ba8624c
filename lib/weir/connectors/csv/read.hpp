/// \file
/// CSV files as streams.
#pragma once

#include <weir/connectors/csv/batch.hpp>
#include <weir/connectors/csv/file_reader.hpp>
#include <weir/connectors/csv/record.hpp>
#include <weir/core/poll.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/async_operation.hpp>
#include <weir/runtime/pull.hpp>

#include <absl/status/statusor.h>

#include <cstddef>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

namespace weir {

// Views into a batch: `buffer`, `batch` and `to` refuse them.
template <>
inline constexpr bool is_borrowed<csv::record> = true;
template <>
inline constexpr bool is_borrowed<csv::entry> = true;
template <>
inline constexpr bool is_borrowed<absl::StatusOr<csv::record>> = true;

namespace csv {

/// The stream that `read_batches` makes.
class batch_stream : public pullable<batch_stream> {
public:
    using value_type = batch;

    explicit batch_stream(std::shared_ptr<file_reader> file) noexcept : file_{std::move(file)} {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        for (;;) {
            if (cx.grant(1) == 0) return poll_state::pending;
            if (!reading_.started()) start(cx);
            auto done = reading_.poll(cx);
            if (!done) return poll_state::pending;
            auto& [error, next] = *done;
            if (error) std::rethrow_exception(std::move(error));
            if (!next) return poll_state::finished;
            start(cx);  // one batch ahead: it is read while the current one is used
            if (!sink(std::move(*next))) return poll_state::paused;
        }
    }

private:
    void start(poll_context& cx);

    std::shared_ptr<file_reader> file_;
    weir::async_operation<std::exception_ptr, std::optional<batch>> reading_;
};

/// The stream that `read` makes.
class record_stream : public pullable<record_stream> {
public:
    using value_type = absl::StatusOr<record>;

    explicit record_stream(batch_stream batches) noexcept : batches_{std::move(batches)} {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        for (;;) {
            while (current_ && index_ != current_->size()) {
                const std::size_t granted = cx.grant(current_->size() - index_);
                if (granted == 0) return poll_state::pending;
                for (const std::size_t stop = index_ + granted; index_ != stop;) {
                    const entry e = (*current_)[index_++];
                    // The batch is kept until the next poll, so after `co_await next()` a record
                    // stays valid until the next call.
                    if (!sink(e.ok() ? value_type{e.record()} : value_type{e.error().status()})) {
                        return poll_state::paused;
                    }
                }
            }
            const poll_state state = batches_.poll(cx, [this](batch&& next) {
                current_ = std::move(next);
                index_ = 0;
                return false;
            });
            if (state != poll_state::paused) return state;
        }
    }

private:
    batch_stream batches_;
    std::optional<batch> current_;
    std::size_t index_ = 0;
};

/// Streams a CSV file as batches of records, good and bad ones together.
///
/// How it is called: `read_batches(path)` or `read_batches(path, options)`; the path "-" is
/// standard input, from its current position. The file is opened at the first poll. What comes out:
/// `csv::batch`, in the order of the file, about `options.block_size` bytes each. Each has the
/// range of the file that it covers; pass its end to `read_options::resume` to continue after it.
/// Batches own their records: buffer them, keep them, send them to other threads. Errors: those of
/// `file_reader` are thrown out of the pipeline. Cancellation: stops at once; a read in progress on
/// the blocking executor ends before the pipeline completes. Cost: file and parser run on the
/// blocking executor, one batch ahead of the consumer, with one hop between threads per batch and
/// none per row. Memory: about four blocks and their tables.
///
/// Example
/// ```
/// auto rows = csv::read_batches("people.csv")
///           | weir::map([](csv::batch b) { return b.size(); })
///           | weir::fold(std::size_t{0}, std::plus<>{});
/// ```
/// \throws std::invalid_argument when the options are invalid
inline batch_stream read_batches(std::filesystem::path path, const read_options& options = {}) {
    return batch_stream{std::make_shared<file_reader>(std::move(path), options)};
}

/// Streams a CSV file record by record.
///
/// What comes out: `absl::StatusOr<csv::record>` in the order of the file. A bad record is a Status
/// with line, byte offset and reason. A record is a view that is valid until the sink returns
/// (after `co_await next()`: until the next call), so map it to a type that owns its data. `batch`,
/// `buffer` and `to` refuse it at compile time. All else as `read_batches`.
///
/// Example: `csv::read("people.csv") | weir::try_map(to_person) | weir::split_errors(reject)`
/// \throws std::invalid_argument when the options are invalid
inline record_stream read(std::filesystem::path path, const read_options& options = {}) {
    return record_stream{read_batches(std::move(path), options)};
}

}  // namespace csv
}  // namespace weir
