/// \file
/// A stream of the changes of a file.
#pragma once

#include <weir/connectors/file/detail/name_watch.hpp>
#include <weir/core/poll.hpp>
#include <weir/runtime/pull.hpp>

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

namespace weir::file {

/// What happened to a file.
enum class change : std::uint8_t {
    written,  ///< it is complete and new: written and closed, moved there, or linked
    removed   ///< its name was removed
};

/// The stream that `watch` makes.
class change_stream : public pullable<change_stream> {
public:
    using value_type = change;

    explicit change_stream(const std::filesystem::path& path);

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        for (;;) {
            if (cx.grant(1) == 0) return poll_state::pending;
            auto found = look(cx);
            if (!found) return poll_state::pending;
            if (!sink(std::move(*found))) return poll_state::paused;
        }
    }

private:
    // Nothing: a wake-up is arranged.
    std::optional<change> look(poll_context& cx);
    void take_notes();
    void take_note(const detail::file_note& note);
    void take_note_of_way(std::uint32_t mask);
    void found(change what);
    bool is_linked() const;
    bool is_exchanged() const;

    std::filesystem::path path_;
    detail::name_watch notes_;  // first, so that no change is missed
    std::optional<struct stat> known_;
    std::optional<change> latest_;
    bool created_ = false;  // the name has appeared; the file may be incomplete
    bool open_ = false;     // opened since then, by its writer or another program
};

/// A stream of the changes of the file at `path`, from this call on; endless.
///
///     auto changes = weir::file::watch("accounts.csv");   // first this,
///     load("accounts.csv");                               // then this: no change is missed
///     while (auto c = co_await changes.next()) ...
///
/// Gives `written` when a writer closes the file, or when another file is moved over it, exchanged
/// with it or linked there (as editors and careful programs do). Gives `removed` when its name is
/// removed. The file need not exist yet; its directory must. All changes between two polls are one
/// item, the latest. The watched file is the one to which the path leads, behind symbolic links
/// anywhere in the path. When a link, or a directory on the way, is replaced, and another file is
/// there now, that is `written`. A link may lead nowhere for a while. It may give `written` once
/// too often, for a file that other programs open while it is created. Linux (inotify), local file
/// systems. All watches of the process share one inotify instance; each takes a file descriptor.
/// Errors: `std::system_error` that names the directory. This call throws it when the directory
/// cannot be watched. The pipeline throws it when the directory is removed or moved, and no other
/// is in its place.
inline change_stream watch(const std::filesystem::path& path) {
    return change_stream(path);
}

}  // namespace weir::file
