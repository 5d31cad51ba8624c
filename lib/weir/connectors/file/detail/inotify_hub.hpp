/// \file
/// The only inotify instance of the process. All watches share it.
#pragma once

#include <weir/connectors/file/detail/owned_fd.hpp>
#include <weir/core/waker.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace weir::file::detail {

/// The object of a note.
enum class watched : std::uint8_t {
    way,   ///< a link or a directory on the way to the file
    name,  ///< the name of the file, in its directory
    inode  ///< the file that was opened, whatever its name is now
};

/// A note of the kernel: IN_CREATE and so on. IN_Q_OVERFLOW: notes were lost.
struct file_note {
    std::uint32_t mask = 0;
    watched of = watched::way;
    friend bool operator==(const file_note&, const file_note&) = default;
};

/// Distributes the kernel's notes to the listeners that asked for them. All share one instance,
/// because inotify instances are limited per user (128 by default). Thread-safe: a thread that
/// looks for its own notes also reads those of all other listeners, and wakes them.
class inotify_hub {
public:
    /// A receiver of notes. Only the hub accesses its notes.
    struct listener {
        std::vector<file_note> notes;
        std::vector<int> watches;  // the kernel's numbers; some may be invalid by now
        waker_slot waiting;        // woken when there are notes
        bool over = false;         // it gets no further notes
    };
    using listener_ptr = std::shared_ptr<listener>;

    /// The hub of the process, created if there is none. It is destroyed with its last user.
    /// Errors: std::system_error when the system has no instance left.
    static std::shared_ptr<inotify_hub> shared();

    /// Readable when there are notes. For waiting only.
    int handle() const noexcept { return notes_.get(); }

    /// Interests are added and removed together, under this lock.
    using held = std::unique_lock<std::mutex>;
    held hold() { return held(mutex_); }

    // With the lock held:

    /// Asks for notes in `mask` of `name` in the directory at `path`, and for the end of that
    /// directory; without a name, of the file at `path` itself. Returns 0, or errno.
    int add(const listener_ptr& target, const char* path, std::uint32_t mask, std::string_view name,
            watched of, std::uint32_t generation);
    /// Removes older interests, those not of `generation`: in the open file if `inode`, else in
    /// names.
    void remove_older(const listener_ptr& target, bool inode, std::uint32_t generation);

    // Without the lock:

    /// Removes all interests for good.
    void remove(const listener_ptr& target);
    /// Moves the notes for `target` to `to`, which is empty. Returns false when there are none.
    bool take(listener& target, std::vector<file_note>& to);

private:
    struct interest {
        listener_ptr target;
        std::string name;
        std::uint32_t mask;
        watched of;
        std::uint32_t generation;
    };
    using woken = std::vector<listener_ptr>;

    inotify_hub();
    void read(woken& to_wake);
    void hand_out(int watch, std::uint32_t mask, std::string_view name, woken& to_wake);
    static void tell(const interest& to, file_note note, woken& to_wake);
    template <class IsOver>
    void remove_if(listener& target, IsOver is_over);

    owned_fd notes_;
    std::mutex mutex_;
    std::unordered_map<int, std::vector<interest>> interests_;  // by watch
};

}  // namespace weir::file::detail
