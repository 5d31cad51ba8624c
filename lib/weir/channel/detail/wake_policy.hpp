/// Whether the two sides of a channel are worth a thread each.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace weir::detail {

/// The two ends of a channel.
enum class channel_side : std::uint8_t { sender, receiver };

/// Learns it from how long either side works. Two threads do at most the lesser of the two shares
/// beside the other; they pay for it with wake-ups, and with each item that moves from one core to
/// another. Where that is more, the sides had better take turns on one.
///
/// Some turns in a row are timed, now and then, as to ask the clock takes as long as some dozen
/// items. Where each side has a thread they are made to take turns for as long, now and then, since
/// work that is shared takes longer. A verdict must be found twice: a turn may have been
/// interrupted.
///
/// Thread-safe. It is a guess: where both sides change a number at once it is wrong, and no more.
/// So all loads and stores are relaxed, and order nothing.
template <class Clock>
class basic_wake_policy {
    using time_point = typename Clock::time_point;

public:
    explicit basic_wake_policy(std::size_t item_size) noexcept
        : move_(static_cast<double>(item_size) * ns_a_byte) {}

    /// False at first.
    bool prefers_parallel() const noexcept { return get(prefers_parallel_); }

    /// Lives as long as a side works.
    class turn {
    public:
        turn(basic_wake_policy& of, channel_side side) noexcept
            : of_(of), side_(side), began_(get(of.timed_) ? Clock::now() : time_point()) {}
        turn(const turn&) = delete;
        turn& operator=(const turn&) = delete;
        ~turn() {
            if (began_ != time_point()) of_.add(side_, Clock::now() - began_);
        }

    private:
        basic_wake_policy& of_;
        const channel_side side_;
        const time_point began_;
    };

    /// The sender hands its thread to the receiver, which waits for it.
    void hand_over() noexcept { set(handovers_, get(handovers_) + 1); }
    /// The receiver waits for items. It has taken so many so far.
    void receiver_waits(std::size_t taken) noexcept {
        const std::uint32_t n = get(handovers_);
        if (get(timed_)) {
            if (n >= handovers_timed) decide(n, taken - get(taken_), taken);
        } else if (n >= handovers_between && !prefers_parallel()) {
            begin(taken);
        }
    }
    /// One side has woken the other, to have a thread of its own.
    void woken(std::size_t taken) noexcept {
        hand_over();
        if (!prefers_parallel() || get(handovers_) < wakes_between) return;
        set(prefers_parallel_, false);
        begin(taken);
    }

private:
    // What a wake-up costs both sides together, and what it costs to move a line of 64 bytes from
    // one core to another, by the byte.
    static constexpr double wake_ns = 2'000;
    static constexpr double ns_a_byte = 25.0 / 64;
    static constexpr std::uint32_t handovers_timed = 8;
    static constexpr std::uint32_t handovers_between = 64;
    static constexpr std::uint32_t wakes_between = 512;

    template <class T>
    static void set(std::atomic<T>& to, T value) noexcept {
        to.store(value, std::memory_order_relaxed);
    }
    template <class T>
    static T get(const std::atomic<T>& from) noexcept {
        return from.load(std::memory_order_relaxed);
    }

    void add(channel_side side, typename Clock::duration time) noexcept {
        auto& worked = worked_[static_cast<std::size_t>(side)];
        const std::int64_t ns = std::chrono::nanoseconds(time).count();
        set(worked, get(worked) + ns);
    }
    void begin(std::size_t taken) noexcept {
        for (auto& worked : worked_) set(worked, std::int64_t{0});
        set(taken_, taken);
        set(handovers_, 0u);
        set(timed_, true);
    }
    void decide(std::uint32_t handovers, std::size_t items, std::size_t taken) noexcept {
        const double lesser = static_cast<double>(std::min(get(worked_[0]), get(worked_[1])));
        const bool verdict = lesser > handovers * wake_ns + static_cast<double>(items) * move_;
        const bool sure = verdict == prefers_parallel() || get(doubted_);
        set(doubted_, !sure);
        if (!sure) return begin(taken);
        set(prefers_parallel_, verdict);
        set(handovers_, 0u);
        set(timed_, false);
    }

    const double move_;  // nanoseconds an item
    std::atomic<bool> prefers_parallel_{false};
    std::atomic<bool> timed_{true};
    std::atomic<bool> doubted_{false};         // another verdict has been found, once
    std::atomic<std::uint32_t> handovers_{0};  // or wake-ups; since it was decided, or timed
    std::atomic<std::size_t> taken_{0};        // when timing began
    std::array<std::atomic<std::int64_t>, 2> worked_{};  // nanoseconds of either side, since then
};

using wake_policy = basic_wake_policy<std::chrono::steady_clock>;

}  // namespace weir::detail
