#include <weir/connectors/file/name_watch.hpp>

#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace weir::file {

name_watch::name_watch(const std::filesystem::path& path, std::uint32_t of_interest)
    : directory_(path.has_parent_path() ? path.parent_path().string() : "."),
      name_(path.filename().string()) {
    if (name_.empty()) {
        throw std::invalid_argument("weir::file: '" + path.string() + "' names no file");
    }
    notes_ = owned_fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (!notes_) fail(errno);
    of_interest |= IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
    if (::inotify_add_watch(notes_.get(), directory_.c_str(), of_interest) < 0) fail(errno);
}

std::optional<std::uint32_t> name_watch::next(poll_context& cx) {
    if (!input_) input_.emplace(cx.executor(), notes_.release());
    for (;;) {
        while (at_ != end_) {
            inotify_event note;
            std::memcpy(&note, block_.data() + at_, sizeof(note));
            const char* const name = note.len != 0 ? block_.data() + at_ + sizeof(note) : "";
            at_ += sizeof(note) + note.len;
            constexpr std::uint32_t gone = IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT;
            if ((note.mask & gone) != 0) fail(ENOENT);
            if ((note.mask & IN_Q_OVERFLOW) != 0 || name_ == name) return note.mask;
        }
        if (!read()) return std::nullopt;
    }
}

/// Takes some of the notes that are there. False when there are none.
bool name_watch::read() {
    at_ = end_ = 0;
    const ssize_t size = ::read(input_->native_handle(), block_.data(), block_.size());
    if (size < 0) {
        if (errno == EINTR) return true;
        if (errno == EAGAIN) return false;
        fail(errno);
    }
    end_ = static_cast<std::size_t>(size);
    return size != 0;
}

bool name_watch::wait(poll_context& cx) {
    if (!waiting_.started()) {
        const auto initiate = [this](auto handler) {
            input_->async_wait(asio::posix::stream_descriptor::wait_read, std::move(handler));
        };
        waiting_.start(cx, initiate);
    }
    return waiting_.poll(cx).has_value();
}

void name_watch::fail(int cause) const {
    throw std::system_error(cause, std::generic_category(),
                            "cannot watch the directory " + directory_);
}

}  // namespace weir::file
