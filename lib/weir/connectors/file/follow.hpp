/// \file
/// The bytes of a file as they are appended.
#pragma once

#include <weir/connectors/file/detail/growing_file.hpp>
#include <weir/connectors/file/detail/name_watch.hpp>
#include <weir/connectors/file/followed_block.hpp>
#include <weir/core/poll.hpp>
#include <weir/runtime/async_operation.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/pull.hpp>

#include <chrono>
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
    /// How long a file that was moved away, and that another has taken the place of, must have been
    /// quiet before it is left for the other: its writer may still append to it, until it has been
    /// told to open the new one. Once a writer has closed it, a tenth of that.
    std::chrono::nanoseconds quiet = std::chrono::seconds(1);
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
    void set_patience(poll_context& cx, const detail::growing_file::growth& found);

    detail::name_watch notes_;  // first, so that no change is missed
    std::shared_ptr<detail::growing_file> file_;
    std::chrono::nanoseconds quiet_;
    weir::async_operation<std::exception_ptr, detail::growing_file::growth> reading_;
    std::optional<clock::time_point> let_go_at_;  // of a file with a successor
    alarm alarm_;
    bool news_ = true;     // there may be something to read
    bool let_go_ = false;  // the file has been quiet for long enough
    bool closed_ = false;  // a writer has closed the file
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
/// so (it may have no bytes then). One that is deleted is read to its end, and another waited for.
/// One that is moved away (a log that is rotated) is followed on until another is there, and until
/// it has then been quiet for `options.quiet`; what is appended to it later is not read. A file
/// that is written anew in place is only known for it while it is shorter than what was read of it:
/// replace files by moving others over them. Symbolic links are followed, and what they are
/// replaced by.
/// Linux (inotify), local file systems. All watches of the process share one inotify instance.
/// Errors: from this call, when it cannot be opened or watched, and out of the pipeline when it
/// cannot be read, is no file (a pipe, a device), or its directory is gone: `std::system_error`
/// with path and cause. Cancellation: lets go at once; a read of the disk that is under way is over
/// before the pipeline completes. Cost: read on the blocking executor, a block at a time; waiting
/// keeps no thread.
inline follow_stream follow(const std::filesystem::path& path, const follow_options& options = {}) {
    return follow_stream(path, options);
}

}  // namespace weir::file
