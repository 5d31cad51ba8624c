#include <weir/pipeline/detail/stage_counters.hpp>

#include <stdexcept>

namespace weir::detail {

ledger stage_counters::read() const noexcept {
    for (;;) {
        const auto before = version_.load(std::memory_order_acquire);
        ledger seen;
        seen.in = published_[0].load(std::memory_order_acquire);
        seen.out = published_[1].load(std::memory_order_acquire);
        seen.filtered = published_[2].load(std::memory_order_acquire);
        seen.rejected = published_[3].load(std::memory_order_acquire);
        seen.dropped = published_[4].load(std::memory_order_acquire);
        seen.in_flight = published_[5].load(std::memory_order_acquire);
        if (before % 2 == 0 && version_.load(std::memory_order_relaxed) == before) return seen;
    }
}

void stage_counters::publish() noexcept {
    // Only the writer changes the version, so a relaxed load is enough.
    const auto version = version_.load(std::memory_order_relaxed);
    version_.store(version + 1, std::memory_order_relaxed);
    published_[0].store(now_.in, std::memory_order_release);
    published_[1].store(now_.out, std::memory_order_release);
    published_[2].store(now_.filtered, std::memory_order_release);
    published_[3].store(now_.rejected, std::memory_order_release);
    published_[4].store(now_.dropped, std::memory_order_release);
    published_[5].store(now_.in_flight, std::memory_order_release);
    version_.store(version + 2, std::memory_order_release);
}

counters_use::counters_use(std::shared_ptr<stage_counters> counters)
    : counters_(std::move(counters)) {
    // Acquire, because the next writer continues with the state that the last one left.
    if (counters_->in_use_.exchange(true, std::memory_order_acquire)) {
        throw std::logic_error("weir::pipeline: '" + counters_->name() +
                               "' is in two streams at once; a source or a stage has one place");
    }
}

counters_use::~counters_use() {
    if (!counters_) return;
    ledger& now = counters_->now();
    now.dropped += std::exchange(now.in_flight, 0);
    counters_->publish();
    counters_->in_use_.store(false, std::memory_order_release);
}

}  // namespace weir::detail
