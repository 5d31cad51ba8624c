/// \file
/// The wait for a lock that another connection holds.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace weir::sqlite::detail {

/// Waits between SQLite's attempts at a lock: short at first, then longer, up to a limit.
///
/// `cancel`, `restore`, `end_current` and `look_again` are thread-safe; the other functions belong
/// to the connection's thread.
class lock_wait {
public:
    /// Why `pause` returned false.
    enum class refusal : std::uint8_t { none, limit, cancelled };

    explicit lock_wait(std::chrono::milliseconds limit) noexcept;

    /// Waits before attempt `attempt` (from 0, for each lock). False: stop trying, because the
    /// limit has passed or the wait was cancelled.
    bool pause(int attempt);

    /// Ends the current wait and all later ones, until `restore`.
    void cancel() noexcept;
    void restore() noexcept;
    /// Ends the current wait, if there is one. Later waits are possible.
    void end_current() noexcept;

    /// Also ends waits while `*asked` is true; null: not any more. Call `look_again` after setting
    /// the flag.
    void watch(const std::atomic<bool>* asked) noexcept { asked_ = asked; }
    void look_again() noexcept;

    /// The reason of the last refusal of `pause`, which it then forgets: `none` if no wait was
    /// refused since.
    refusal take_refusal() noexcept;

    std::chrono::milliseconds limit() const noexcept { return limit_; }
    void set_limit(std::chrono::milliseconds limit) noexcept;

private:
    bool stopped() const noexcept;

    std::chrono::milliseconds limit_;
    std::chrono::steady_clock::time_point began_{};
    const std::atomic<bool>* asked_ = nullptr;
    refusal refusal_ = refusal::none;
    std::uint64_t ends_seen_ = 0;

    std::mutex mutex_;  // guards the following members
    std::condition_variable changed_;
    std::uint64_t ends_ = 0;  // number of calls of `end_current`
    bool cancelled_ = false;
};

}  // namespace weir::sqlite::detail
