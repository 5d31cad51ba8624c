#include <weir/connectors/file/watch.hpp>

#include <sys/inotify.h>

#include <utility>

namespace weir::file {

namespace {

constexpr std::uint32_t signs_of_change = IN_CLOSE_WRITE | IN_CLOSE_NOWRITE | IN_OPEN;

std::optional<struct stat> status_of(const std::filesystem::path& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return std::nullopt;
    return status;
}

bool same_time(const timespec& a, const timespec& b) {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/// Whether both are of one file that was not written in between.
bool same(const struct stat& a, const struct stat& b) {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
           same_time(a.st_mtim, b.st_mtim);
}

}  // namespace

change_stream::change_stream(const std::filesystem::path& path)
    : path_(path), notes_(path, signs_of_change), known_(status_of(path)) {}

std::optional<change> change_stream::look(poll_context& cx) {
    do {
        take_notes();
        // The notes of the current state may have come in the meantime.
        if (is_linked() || is_exchanged()) {
            take_notes();
            if (is_linked() || is_exchanged()) found(change::written);
        }
        if (latest_) {
            known_ = status_of(path_);
            return std::exchange(latest_, std::nullopt);
        }
    } while (notes_.wait(cx));
    return std::nullopt;
}

void change_stream::take_notes() {
    while (const auto note = notes_.next()) take_note(*note);
}

void change_stream::take_note(const detail::file_note& note) {
    if (note.of == detail::watched::way) return take_note_of_way(note.mask);
    if ((note.mask & (IN_DELETE | IN_MOVED_FROM)) != 0) found(change::removed);
    if ((note.mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0) found(change::written);
    if ((note.mask & IN_CREATE) != 0) {
        created_ = true;
        open_ = false;
    }
    if ((note.mask & IN_OPEN) != 0) open_ = true;
    if ((note.mask & IN_CLOSE_NOWRITE) != 0) open_ = false;
}

/// There may be another file now, or none.
void change_stream::take_note_of_way(std::uint32_t mask) {
    const auto now = status_of(path_);
    // If notes were lost, the file counts as written, to be on the safe side.
    const bool lost = (mask & IN_Q_OVERFLOW) != 0;
    if (now && (lost || !known_ || !same(*now, *known_))) found(change::written);
    if (!now && (lost || known_)) found(change::removed);
    known_ = now;
}

void change_stream::found(change what) {
    latest_ = what;
    created_ = false;
}

/// True when an existing file got this name. A new file is not: it is open, and must still be
/// written.
bool change_stream::is_linked() const {
    if (!created_ || open_) return false;
    const auto now = status_of(path_);
    return now && (now->st_nlink > 1 || now->st_size != 0);
}

/// True after an exchange of two files: the note of the new file came before that of the old one.
bool change_stream::is_exchanged() const {
    return latest_ == change::removed && !created_ && status_of(path_).has_value();
}

}  // namespace weir::file
