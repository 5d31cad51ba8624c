/// Whether two that take turns do so slowly enough for a thread each.
#pragma once

#include <chrono>
#include <cstdint>
#include <utility>

namespace weir {

/// Times the rounds of one side of a channel; a round goes from one wake-up of the other side to
/// the next. One that takes less than some microseconds is sooner over on one thread than another
/// thread is woken for its share.
///
/// Rounds are timed some at a time, as to ask the clock takes as long as some dozen items.
/// Thread-safety: none, it belongs to the side that wakes.
class round_pace {
public:
    void begin_round() noexcept { counted_ = false; }

    /// Asked in a round, any number of times: true when rounds are slow, as far as is known.
    bool is_slow() noexcept {
        if (!std::exchange(counted_, true) && ++rounds_ == timed_at_once) {
            const auto now = clock::now();
            slow_ = now - std::exchange(since_, now) > timed_at_once * worth_a_thread;
            rounds_ = 0;
        }
        return slow_;
    }

private:
    using clock = std::chrono::steady_clock;
    static constexpr std::chrono::microseconds worth_a_thread{2};
    static constexpr std::uint32_t timed_at_once = 8;

    clock::time_point since_{};
    std::uint32_t rounds_ = 0;  // since `since_`
    bool counted_ = false;      // this one is among them
    bool slow_ = true;
};

}  // namespace weir
