#include <weir/connectors/file/follow.hpp>
#include <weir/runtime/blocking_call.hpp>
#include <weir/runtime/saturating.hpp>

#include <sys/inotify.h>

#include <algorithm>

namespace weir::file {

namespace {

// IN_ATTRIB also reports that the file's last name was removed.
constexpr std::uint32_t signs_of_growth = IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB;
/// The longest quiet time; longer ones would make no difference.
constexpr std::chrono::nanoseconds longest_quiet = std::chrono::hours(24 * 365);

}  // namespace

follow_stream::follow_stream(const std::filesystem::path& path, const follow_options& options)
    : notes_(path, 0),
      file_(std::make_shared<detail::growing_file>(path, options.block_size,
                                                   notes_.watch_inode(signs_of_growth))),
      quiet_(std::clamp(options.quiet, std::chrono::nanoseconds::zero(), longest_quiet)) {}

std::optional<followed_block> follow_stream::look(poll_context& cx) {
    for (;;) {
        if (!reading_.started()) {
            if (!has_news(cx)) return std::nullopt;
            start_reading(cx);
        }
        auto done = reading_.poll(cx);
        if (!done) return std::nullopt;
        auto& [error, found] = *done;
        if (error) std::rethrow_exception(std::move(error));
        set_patience(cx, found);
        if (found.block.bytes.empty() && found.block.before == file_break::none) continue;
        news_ = true;
        return std::move(found.block);
    }
}

/// Returns false when there is nothing to read; a wake-up is then arranged.
bool follow_stream::has_news(poll_context& cx) {
    while (!news_) {
        while (const auto note = notes_.next()) {
            news_ = true;
            if (note->of == detail::watched::inode && (note->mask & IN_CLOSE_WRITE) != 0)
                closed_ = true;
        }
        if (news_) break;
        if (let_go_at_ && alarm_.reached(cx, *let_go_at_)) {
            let_go_ = news_ = true;
        } else if (!notes_.wait(cx)) {
            return false;
        }
    }
    return true;
}

void follow_stream::start_reading(poll_context& cx) {
    news_ = false;  // later changes set it again
    start_blocking(reading_, cx, file_,
                   [let_go = let_go_](detail::growing_file& file) { return file.next(let_go); });
}

/// Sets how long a replaced file may be quiet. Each time the file grows, the time starts again.
void follow_stream::set_patience(poll_context& cx, const detail::growing_file::growth& found) {
    const auto now = clock_of(cx.executor()).now();
    if (!found.has_successor) {
        let_go_at_.reset();
        alarm_.cancel();
        closed_ = false;
    } else if (closed_) {
        let_go_at_ = std::min(let_go_at_.value_or(clock::time_point::max()),
                              deadline_after(now, quiet_ / 10));
    } else if (!let_go_at_) {
        let_go_at_ = deadline_after(now, quiet_);
    }
    let_go_ = false;
}

}  // namespace weir::file
