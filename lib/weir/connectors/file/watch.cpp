#include <weir/connectors/file/watch.hpp>

#include <sys/inotify.h>
#include <sys/stat.h>

namespace weir::file {

namespace {

constexpr std::uint32_t signs_of_change =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE;

}  // namespace

change_stream::change_stream(const std::filesystem::path& path)
    : path_(path), notes_(path, signs_of_change) {}

std::optional<change> change_stream::look(poll_context& cx) {
    do {
        while (const auto what = notes_.next(cx)) take_note(*what);
        if (latest_) return std::exchange(latest_, std::nullopt);
    } while (notes_.wait(cx));
    return std::nullopt;
}

void change_stream::take_note(std::uint32_t what) {
    if ((what & IN_Q_OVERFLOW) != 0) {
        // Notes were lost: as if it had changed, to be on the safe side.
        struct stat status{};
        latest_ = ::stat(path_.c_str(), &status) == 0 ? change::written : change::removed;
        return;
    }
    if ((what & (IN_DELETE | IN_MOVED_FROM)) != 0) latest_ = change::removed;
    if ((what & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0) latest_ = change::written;
    if ((what & IN_CREATE) != 0 && is_linked()) latest_ = change::written;
}

/// A new name of a file that was there before. (One that is new has still to be written.)
bool change_stream::is_linked() const {
    struct stat status{};
    if (::lstat(path_.c_str(), &status) != 0) return false;
    return S_ISLNK(status.st_mode) || status.st_nlink > 1;
}

}  // namespace weir::file
