#include <weir/connectors/file/detail/inotify_hub.hpp>

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <system_error>
#include <utility>

namespace weir::file::detail {

namespace {

constexpr std::uint32_t gone = IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT;
/// With more notes they count as lost, so a listener that does not read them needs no more memory.
constexpr std::size_t most_notes = 1024;

}  // namespace

std::shared_ptr<inotify_hub> inotify_hub::shared() {
    static std::mutex mutex;
    static std::weak_ptr<inotify_hub> all;
    const std::lock_guard lock(mutex);
    auto hub = all.lock();
    if (!hub) {
        hub.reset(new inotify_hub);
        all = hub;
    }
    return hub;
}

inotify_hub::inotify_hub() : notes_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    if (!notes_) throw std::system_error(errno, std::generic_category(), "cannot watch files");
}

int inotify_hub::add(const listener_ptr& target, const char* path, std::uint32_t mask,
                     std::string_view name, watched of, std::uint32_t generation) {
    if (target->over) return 0;
    // Several listeners may watch one directory, each for its own notes.
    const int watch = ::inotify_add_watch(notes_.get(), path, mask | IN_MASK_ADD);
    if (watch < 0) return errno;
    interests_[watch].push_back({target, std::string(name), mask, of, generation});
    if (std::ranges::find(target->watches, watch) == target->watches.end()) {
        target->watches.push_back(watch);
    }
    return 0;
}

template <class IsOver>
void inotify_hub::remove_if(listener& target, IsOver is_over) {
    std::erase_if(target.watches, [&](int watch) {
        const auto found = interests_.find(watch);
        if (found == interests_.end()) return true;
        auto& asked = found->second;
        std::erase_if(asked,
                      [&](const interest& i) { return i.target.get() == &target && is_over(i); });
        if (asked.empty()) {
            ::inotify_rm_watch(notes_.get(), watch);
            interests_.erase(found);
            return true;
        }
        return std::ranges::none_of(asked,
                                    [&](const interest& i) { return i.target.get() == &target; });
    });
}

void inotify_hub::remove_older(const listener_ptr& target, bool inode, std::uint32_t generation) {
    remove_if(*target, [=](const interest& i) {
        return (i.of == watched::inode) == inode && i.generation != generation;
    });
}

void inotify_hub::remove(const listener_ptr& target) {
    const std::lock_guard lock(mutex_);
    target->over = true;
    remove_if(*target, [](const interest&) { return true; });
}

bool inotify_hub::take(listener& target, std::vector<file_note>& to) {
    woken to_wake;
    {
        const std::lock_guard lock(mutex_);
        read(to_wake);
        std::swap(to, target.notes);
    }
    for (const listener_ptr& other : to_wake) {
        if (other.get() != &target) other->waiting.wake();
    }
    return !to.empty();
}

/// Reads the notes for all listeners. The number of blocks is limited, so one thread does not read
/// for ever.
void inotify_hub::read(woken& to_wake) {
    alignas(inotify_event) std::array<char, 4096> block;
    for (int blocks = 0; blocks != 64; ++blocks) {
        const ssize_t size = ::read(notes_.get(), block.data(), block.size());
        if (size <= 0) return;  // none available; no other error can occur
        for (std::size_t at = 0; at != static_cast<std::size_t>(size);) {
            inotify_event note;
            std::memcpy(&note, block.data() + at, sizeof(note));
            const char* const name = note.len != 0 ? block.data() + at + sizeof(note) : "";
            at += sizeof(note) + note.len;
            hand_out(note.wd, note.mask, name, to_wake);
        }
    }
}

void inotify_hub::hand_out(int watch, std::uint32_t mask, std::string_view name, woken& to_wake) {
    if ((mask & IN_Q_OVERFLOW) != 0) {
        for (const auto& [w, asked] : interests_) {
            for (const interest& i : asked) tell(i, {IN_Q_OVERFLOW, watched::way}, to_wake);
        }
        return;
    }
    const auto found = interests_.find(watch);
    if (found == interests_.end()) return;  // no longer of interest
    for (const interest& i : found->second) {
        if (i.name == name && (mask & i.mask) != 0) {
            tell(i, {mask, i.of}, to_wake);
        } else if (name.empty() && (mask & gone) != 0) {
            tell(i, {mask, i.of == watched::inode ? watched::inode : watched::way}, to_wake);
        }
    }
    if ((mask & IN_IGNORED) != 0) interests_.erase(found);  // the kernel has removed the watch
}

void inotify_hub::tell(const interest& to, file_note note, woken& to_wake) {
    auto& notes = to.target->notes;
    if (!notes.empty() && notes.back() == note) return;
    if (notes.size() == most_notes) {
        notes.clear();
        note = {IN_Q_OVERFLOW, watched::way};
    }
    notes.push_back(note);
    if (std::ranges::find(to_wake, to.target) == to_wake.end()) to_wake.push_back(to.target);
}

}  // namespace weir::file::detail
