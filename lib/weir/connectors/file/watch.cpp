#include <weir/connectors/file/watch.hpp>

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace weir::file {

namespace {

std::filesystem::path directory_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

[[noreturn]] void fail(const std::filesystem::path& path, int cause) {
    throw std::system_error(cause, std::generic_category(),
                            "cannot watch the directory " + directory_of(path).string());
}

}  // namespace

change_stream::change_stream(const std::filesystem::path& path)
    : path_(path), name_(path.filename().string()) {
    if (name_.empty()) {
        throw std::invalid_argument("weir::file::watch: '" + path.string() + "' names no file");
    }
    notes_ = owned_fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (!notes_) fail(path_, errno);
    constexpr std::uint32_t of_interest = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE |
                                          IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
    if (::inotify_add_watch(notes_.get(), directory_of(path_).c_str(), of_interest) < 0) {
        fail(path_, errno);
    }
}

std::optional<change> change_stream::look(poll_context& cx) {
    if (!input_) input_.emplace(cx.executor(), notes_.release());
    for (;;) {
        while (read_notes()) {
        }
        if (latest_) return std::exchange(latest_, std::nullopt);
        if (!waiting_.started()) {
            const auto initiate = [this](auto handler) {
                input_->async_wait(asio::posix::stream_descriptor::wait_read, std::move(handler));
            };
            waiting_.start(cx, initiate);
        }
        if (!waiting_.poll(cx)) return std::nullopt;
    }
}

/// Takes some of the notes that are there. False when there are none.
bool change_stream::read_notes() {
    alignas(inotify_event) std::array<char, 4096> notes;
    const ssize_t size = ::read(input_->native_handle(), notes.data(), notes.size());
    if (size < 0) {
        if (errno == EINTR) return true;
        if (errno == EAGAIN) return false;
        fail(path_, errno);
    }
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
        inotify_event note;
        std::memcpy(&note, notes.data() + at, sizeof(note));
        take_note(note.mask, note.len != 0 ? notes.data() + at + sizeof(note) : "");
        at += sizeof(note) + note.len;
    }
    return size != 0;
}

void change_stream::take_note(std::uint32_t what, const char* name) {
    if ((what & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT)) != 0) {
        fail(path_, ENOENT);
    }
    if ((what & IN_Q_OVERFLOW) != 0) {
        // Notes were lost: as if it had changed, to be on the safe side.
        struct stat status{};
        latest_ = ::stat(path_.c_str(), &status) == 0 ? change::written : change::removed;
        return;
    }
    if (name_ != name) return;
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
