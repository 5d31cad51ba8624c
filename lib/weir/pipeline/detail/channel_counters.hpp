/// The counters of one channel of a pipeline.
#pragma once

#include <weir/pipeline/ledger.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

namespace weir::detail {

/// The progress of a channel: a consistent snapshot, in which `taken` is at most `sent` and their
/// difference is at most the capacity.
struct channel_progress {
    std::uint64_t sent = 0;
    std::uint64_t taken = 0;
};

/// Reads a channel's progress while the channel exists, and keeps its last state afterwards. The
/// indices of the channel's ring are the counters, so counting costs nothing per item. Thread-safe.
class channel_counters {
public:
    using look = channel_progress (*)(const void*) noexcept;

    channel_counters(std::string name, std::size_t capacity)
        : name_(std::move(name)), capacity_(capacity) {}

    const std::string& name() const noexcept { return name_; }
    std::size_t capacity() const noexcept { return capacity_; }

    void watch(const void* channel, look how) {
        const std::lock_guard lock(mutex_);
        channel_ = channel;
        look_ = how;
    }
    /// Called when both ends are destroyed and the channel is about to be: the items in it are
    /// lost.
    void close() noexcept {
        const std::lock_guard lock(mutex_);
        last_ = look_(std::exchange(channel_, nullptr));
    }

    ledger read() const {
        // The lock keeps the channel alive: it is destroyed after `close`.
        const std::lock_guard lock(mutex_);
        const channel_progress p = channel_ ? look_(channel_) : last_;
        ledger l;
        l.in = p.sent;
        l.out = p.taken;
        (channel_ ? l.in_flight : l.dropped) = p.sent - p.taken;
        return l;
    }

private:
    const std::string name_;
    const std::size_t capacity_;
    mutable std::mutex mutex_;
    const void* channel_ = nullptr;
    look look_ = nullptr;
    channel_progress last_;
};

}  // namespace weir::detail
