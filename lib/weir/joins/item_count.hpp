/// item_count: a shared counter of items.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace weir {

/// Counts the items to which something happened, such as those without an entry, or those that came
/// too late. Copies share one count. Thread-safe.
class item_count {
public:
    item_count() : n_(std::make_shared<std::atomic<std::uint64_t>>(0)) {}
    // Relaxed, because the counter orders no other data.
    std::uint64_t value() const noexcept { return n_->load(std::memory_order_relaxed); }
    void add() noexcept { n_->fetch_add(1, std::memory_order_relaxed); }

private:
    std::shared_ptr<std::atomic<std::uint64_t>> n_;
};

}  // namespace weir
