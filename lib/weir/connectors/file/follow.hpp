/// \file
/// The bytes of a file as they are appended.
#pragma once

#include <weir/connectors/file/growing_file.hpp>
#include <weir/connectors/file/name_watch.hpp>
#include <weir/core/poll.hpp>
#include <weir/runtime/async_operation.hpp>
#include <weir/runtime/pull.hpp>

#include <cstddef>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

namespace weir::file {

/// How a file is followed.
struct follow_options {
    std::size_t block_size = std::size_t{64} << 10;  ///< how many bytes are read at a time
};

/// The stream that `follow` makes.
class follow_stream : public pullable<follow_stream> {
public:
    using value_type = followed_block;

    follow_stream(const std::filesystem::path& path, const follow_options& options);

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        for (;;) {
            if (cx.grant(1) == 0) return poll_state::pending;
            auto block = look(cx);
            if (!block) return poll_state::pending;
            if (!sink(std::move(*block))) return poll_state::paused;
        }
    }

private:
    // Nothing: a wake-up is arranged.
    std::optional<followed_block> look(poll_context& cx);
    bool has_news(poll_context& cx);
    void start_reading(poll_context& cx);

    name_watch notes_;  // first, so that no change is missed
    std::shared_ptr<growing_file> file_;
    async_operation<std::exception_ptr, followed_block> reading_;
    bool news_ = true;  // there may be something to read
};

/// Streams what is in the file at `path`, and then what others append to it, as they do; endless.
///
///     weir::file::follow("updates.jsonl") | weir::for_each([&](weir::file::followed_block&& b) {
///         if (b.before != weir::file::file_break::none) lines = {};   // another file begins
///         lines.feed(b.bytes, on_value, on_fault);
///     })
///
/// What comes out: blocks of up to `options.block_size` bytes, in order, cut anywhere. A file that
/// was truncated, or that another was moved over, is followed from its begin on, and the block says
/// so (it may have no bytes then). One that is deleted or moved away is read to its end, and
/// another waited for. A file that is written anew in place is only known for it while it is
/// shorter than what was read of it: replace files by moving others over them.
/// Linux (inotify), local file systems.
/// Errors: from this call, when it cannot be opened or watched, and out of the pipeline when it
/// cannot be read, or its directory is gone: `std::system_error` with path and cause.
/// Cancellation: lets go at once; a read of the disk that is under way is over before the pipeline
/// completes.
/// Cost: read on the blocking executor, a block at a time; waiting keeps no thread.
inline follow_stream follow(const std::filesystem::path& path, const follow_options& options = {}) {
    return follow_stream(path, options);
}

}  // namespace weir::file
