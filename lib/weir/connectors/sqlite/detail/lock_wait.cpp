#include <weir/connectors/sqlite/detail/lock_wait.hpp>
#include <weir/runtime/saturating.hpp>

#include <algorithm>
#include <utility>

namespace weir::sqlite::detail {

lock_wait::lock_wait(std::chrono::milliseconds limit) noexcept : limit_(limit) {}

bool lock_wait::pause(int attempt) {
    using namespace std::chrono;
    const auto now = steady_clock::now();
    std::unique_lock lock(mutex_);
    if (attempt == 0) {
        began_ = now;
        ends_seen_ = ends_;
        refusal_ = refusal::none;
    }
    // Compares elapsed time with the limit: a deadline would overflow with the longest limits.
    const auto waited = now - began_;
    if (stopped()) {
        refusal_ = refusal::cancelled;
    } else if (duration_cast<milliseconds>(waited) >= limit_) {
        refusal_ = refusal::limit;
    } else {
        const auto left = limit_ - duration_cast<milliseconds>(waited);
        const auto step =
            std::min<milliseconds>(milliseconds(1) * (1 << std::min(attempt, 5)), left);
        if (changed_.wait_for(lock, step, [this] { return stopped(); })) {
            refusal_ = refusal::cancelled;
        }
    }
    return refusal_ == refusal::none;
}

bool lock_wait::stopped() const noexcept {
    return cancelled_ || ends_ != ends_seen_ || (asked_ && asked_->load());
}

void lock_wait::cancel() noexcept {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    changed_.notify_all();
}

void lock_wait::restore() noexcept {
    const std::lock_guard lock(mutex_);
    cancelled_ = false;
}

void lock_wait::end_current() noexcept {
    const std::lock_guard lock(mutex_);
    ++ends_;
    changed_.notify_all();
}

void lock_wait::look_again() noexcept {
    // Under the lock, so that a wait which has just checked the flag is already waiting when
    // notified.
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
}

lock_wait::refusal lock_wait::take_refusal() noexcept {
    return std::exchange(refusal_, refusal::none);
}

void lock_wait::set_limit(std::chrono::milliseconds limit) noexcept {
    limit_ = limit;
}

}  // namespace weir::sqlite::detail
