#include <weir/connectors/file/follow.hpp>
#include <weir/runtime/blocking_call.hpp>

#include <sys/inotify.h>

namespace weir::file {

namespace {

constexpr std::uint32_t signs_of_growth =
    IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE;

}  // namespace

follow_stream::follow_stream(const std::filesystem::path& path, const follow_options& options)
    : notes_(path, signs_of_growth),
      file_(std::make_shared<growing_file>(path, options.block_size)) {}

std::optional<followed_block> follow_stream::look(poll_context& cx) {
    for (;;) {
        if (!reading_.started()) {
            if (!has_news(cx)) return std::nullopt;
            start_reading(cx);
        }
        auto done = reading_.poll(cx);
        if (!done) return std::nullopt;
        auto& [error, block] = *done;
        if (error) std::rethrow_exception(std::move(error));
        if (block.bytes.empty() && block.before == file_break::none) continue;
        news_ = true;
        return std::move(block);
    }
}

/// False: there is nothing to read, and a wake-up is arranged.
bool follow_stream::has_news(poll_context& cx) {
    while (!news_) {
        while (notes_.next(cx)) news_ = true;
        if (!news_ && !notes_.wait(cx)) return false;
    }
    return true;
}

void follow_stream::start_reading(poll_context& cx) {
    news_ = false;  // what happens from now on is noted
    start_blocking(reading_, cx, file_, [](growing_file& file) { return file.next(); });
}

}  // namespace weir::file
