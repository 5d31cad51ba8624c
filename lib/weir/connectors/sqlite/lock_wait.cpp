#include <weir/connectors/sqlite/lock_wait.hpp>
#include <weir/runtime/saturating.hpp>

#include <algorithm>

namespace weir::sqlite {

bool lock_wait::pause(int attempt) {
    using namespace std::chrono;
    const auto now = steady_clock::now();
    if (attempt == 0) deadline_ = deadline_after(now, limit_);
    if (now >= deadline_) return false;
    const auto step = milliseconds(1) * (1 << std::min(attempt, 5));
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, std::min(deadline_after(now, step), deadline_),
                        [this] { return cancelled_; });
    return !cancelled_;
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

bool lock_wait::cancelled() const {
    const std::lock_guard lock(mutex_);
    return cancelled_;
}

}  // namespace weir::sqlite
