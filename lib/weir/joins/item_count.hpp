/// How many items something has happened to.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace weir {

/// A count of items of some fate: those that found no entry, or came too late. Copies count
/// together; thread-safe.
class item_count {
public:
    item_count() : n_(std::make_shared<std::atomic<std::uint64_t>>(0)) {}
    // Relaxed: a count of its own, which orders nothing else.
    std::uint64_t value() const noexcept { return n_->load(std::memory_order_relaxed); }
    void add() noexcept { n_->fetch_add(1, std::memory_order_relaxed); }

private:
    std::shared_ptr<std::atomic<std::uint64_t>> n_;
};

}  // namespace weir
