/// \file
/// The bytes of a file as a stream.
#pragma once

#include <weir/connectors/file/block_reader.hpp>
#include <weir/core/asio.hpp>
#include <weir/core/poll.hpp>
#include <weir/runtime/async_operation.hpp>
#include <weir/runtime/pull.hpp>

#include <asio/posix/stream_descriptor.hpp>

#include <cstddef>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace weir::file {

/// The stream that `read` makes.
class block_stream : public pullable<block_stream> {
public:
    using value_type = std::string;

    explicit block_stream(std::shared_ptr<block_reader> file) noexcept : file_(std::move(file)) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        for (;;) {
            if (cx.grant(1) == 0) return poll_state::pending;
            auto block = input_ ? hear(cx) : read(cx);
            if (!block) return poll_state::pending;
            if (block->empty()) return poll_state::finished;
            if (!sink(std::move(*block))) return poll_state::paused;
        }
    }

private:
    // Nothing: a wake-up is arranged. An empty block: the end.
    std::optional<std::string> read(poll_context& cx);
    std::optional<std::string> hear(poll_context& cx);
    void start_reading(poll_context& cx);

    std::shared_ptr<block_reader> file_;
    weir::async_operation<std::exception_ptr, std::string> reading_;
    // Reports input that would otherwise have to be awaited by a blocking thread:
    std::optional<asio::posix::stream_descriptor> input_;
    weir::async_operation<asio::error_code> waiting_;
    bool heard_ = false;  // reported as readable, and no read has found it empty since
    std::string memory_;
};

/// Streams a file, or standard input ("-": descriptor 0, from its current position), in blocks of
/// bytes.
///
/// What comes out: `std::string`s of up to `options.block_size` bytes, in order, none empty. They
/// are cut anywhere; `codec::decode` turns them into values. The file is opened at the first poll.
/// From a pipe, a socket or a terminal, each block is the input available, without delay. Errors:
/// `std::system_error` with path and cause, thrown out of the pipeline, when the file cannot be
/// opened or read; `std::invalid_argument` for invalid options. Cancellation: stops at once; a disk
/// read in progress ends before the pipeline completes. Bytes that were read from a pipe and not
/// handed on are lost then. Cost: a file is read on the blocking executor, one block ahead of the
/// consumer. Waiting for input (from a pipe, a terminal) occupies no thread.
///
///     weir::file::read("-") | weir::codec::decode<weir::codec::json_lines<trade>>() | ...
inline block_stream read(std::filesystem::path path, const read_options& options = {}) {
    return block_stream(std::make_shared<block_reader>(std::move(path), options));
}

}  // namespace weir::file
