/// \file
/// The one inotify instance of the process, which all watches share.
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

/// What a note is of.
enum class watched : std::uint8_t {
    way,   ///< a link or a directory on the way to the file
    name,  ///< the name of the file, in its directory
    inode  ///< the file that was opened, whatever its name is now
};

/// What the system says: IN_CREATE and the like. IN_Q_OVERFLOW: notes were lost.
struct file_note {
    std::uint32_t mask = 0;
    watched of = watched::way;
    friend bool operator==(const file_note&, const file_note&) = default;
};

/// Hands the notes of the kernel to those that asked for them. Users and their limits on inotify
/// instances (128 by default) are why there is one for all. Thread-safe: any thread that looks for
/// its own notes reads those of all others as well, and wakes them.
class inotify_hub {
public:
    /// One that is told. Its notes are the hub's to touch.
    struct listener {
        std::vector<file_note> notes;
        std::vector<int> watches;  // by the kernel's numbers; some may be gone
        waker_slot waiting;        // woken when there are notes
        bool over = false;         // hears of nothing any more
    };
    using listener_ptr = std::shared_ptr<listener>;

    /// The hub of the process; made when there is none. It goes with the last that uses it.
    /// Errors: std::system_error when the system has no instance left.
    static std::shared_ptr<inotify_hub> shared();

    /// Readable when there are notes. For waiting only.
    int handle() const noexcept { return notes_.get(); }

    /// What is asked for at one time is taken back at one time.
    using held = std::unique_lock<std::mutex>;
    held hold() { return held(mutex_); }

    // With the hub held:

    /// Asks for notes in `mask` of `name` in the directory at `path`, and for the end of that
    /// directory; without a name of the file at `path` itself. Returns 0, or errno.
    int add(const listener_ptr& who, const char* path, std::uint32_t mask, std::string_view name,
            watched of, std::uint32_t generation);
    /// Takes back what was asked for of `of`, but for what `generation` has asked for.
    void remove_older(const listener_ptr& who, bool inode, std::uint32_t generation);

    // Without:

    /// Takes all back, and for ever.
    void remove(const listener_ptr& who);
    /// Moves the notes that have come for `who` to `to`, which is empty. False when there are none.
    bool take(listener& who, std::vector<file_note>& to);

private:
    struct interest {
        listener_ptr who;
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
    void remove_if(listener& who, IsOver is_over);

    owned_fd notes_;
    std::mutex mutex_;
    std::unordered_map<int, std::vector<interest>> interests_;  // by watch
};

}  // namespace weir::file::detail
