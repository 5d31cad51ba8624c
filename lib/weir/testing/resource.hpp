/// resource: a counted resource, to check that everything was released.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

namespace weir::testing {

/// Gives out holds, and knows how many are still held. Copies share the count. Thread-safe.
///
///     weir::testing::resource files;
///     auto stream = ... [held = files.acquire()](int x) { return x; } ...
///     CHECK(files.held() == 0);
class resource {
public:
    /// Held until the last copy is destroyed.
    using hold = std::shared_ptr<const void>;

    hold acquire() const {
        count_->fetch_add(1);
        return hold(count_.get(), [count = count_](const void*) { count->fetch_sub(1); });
    }
    int held() const noexcept { return count_->load(); }

private:
    std::shared_ptr<std::atomic<int>> count_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace weir::testing
