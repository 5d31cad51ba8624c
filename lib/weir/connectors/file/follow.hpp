/// \file
/// The bytes of a file, including those appended later.
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

/// Options of following a file.
struct follow_options {
    std::size_t block_size = std::size_t{64} << 10;  ///< bytes to read at a time
    /// How long a file that was moved away and replaced must be quiet before it is left for its
    /// successor. Its writer may still append to it, until the writer opens the new file. Once a
    /// writer has closed it, a tenth of this is enough.
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
    bool news_ = true;     // there may be bytes to read
    bool let_go_ = false;  // the file was quiet for long enough
    bool closed_ = false;  // a writer has closed the file
};

/// Streams the contents of the file at `path`, and then the bytes that other programs append;
/// endless.
///
///     weir::file::follow("updates.jsonl") | weir::for_each([&](weir::file::followed_block&& b) {
///         if (b.before != weir::file::file_break::none) lines = {};   // another file begins
///         lines.feed(b.bytes, on_value, on_fault);
///     })
///
/// What comes out: blocks of up to `options.block_size` bytes, in order, cut anywhere. A file that
/// was truncated, or replaced by moving another over it, is followed from its begin, and the block
/// says so (it may have no bytes then). A deleted file is read to its end, and another one is
/// awaited. A file that was moved away (a rotated log) is followed until another file is there and
/// the old one was then quiet for `options.quiet`; later additions to it are not read. A file that
/// is rewritten in place is detected only while it is shorter than the bytes already read: replace
/// files by moving others over them. Symbolic links are followed, also when they are replaced.
/// Linux (inotify), local file systems. All watches of the process share one inotify instance.
/// Errors: `std::system_error` with path and cause. This call throws it when the file cannot be
/// opened or watched. The pipeline throws it when the file cannot be read, is no file (a pipe, a
/// device), or its directory was removed. Cancellation: stops at once; a disk read in progress ends
/// before the pipeline completes. Cost: one block at a time is read on the blocking executor;
/// waiting occupies no thread.
inline follow_stream follow(const std::filesystem::path& path, const follow_options& options = {}) {
    return follow_stream(path, options);
}

}  // namespace weir::file
