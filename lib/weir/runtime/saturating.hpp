/// Sums of times that stop at the ends of their type, where plain `+` and `-` overflow.
///
/// "Never" is written `clock::duration::max()`, and a plain `now + never` lies in the distant past.
/// So the library adds to a time point with `deadline_after` only (a check sees to that), and the
/// deadline `time_point::max()` never comes.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace weir {

/// `t + by`; the largest or the smallest `T` where the sum is beyond it. For integers, time points
/// and durations; for all else (floating point, which has its infinities) a plain sum.
template <class T, class By>
constexpr T add_saturating(T t, By by) noexcept {
    if constexpr (std::integral<T> && std::integral<By>) {
        T sum{};
        if (!__builtin_add_overflow(t, by, &sum)) return sum;
        return by < By{} ? std::numeric_limits<T>::min() : std::numeric_limits<T>::max();
    } else if constexpr (requires { t.time_since_epoch(); }) {
        const typename T::duration same = by;
        return T(add_saturating(t.time_since_epoch(), same));
    } else if constexpr (requires { t.count(); }) {
        return T(add_saturating(t.count(), T(by).count()));
    } else {
        return static_cast<T>(t + by);
    }
}

/// `t - by`, in the same way.
template <class T, class By>
constexpr T subtract_saturating(T t, By by) noexcept {
    if constexpr (std::integral<T> && std::integral<By>) {
        T rest{};
        if (!__builtin_sub_overflow(t, by, &rest)) return rest;
        return by < By{} ? std::numeric_limits<T>::max() : std::numeric_limits<T>::min();
    } else if constexpr (requires { t.time_since_epoch(); }) {
        const typename T::duration same = by;
        return T(subtract_saturating(t.time_since_epoch(), same));
    } else if constexpr (requires { t.count(); }) {
        return T(subtract_saturating(t.count(), T(by).count()));
    } else {
        return static_cast<T>(t - by);
    }
}

/// `by` as a `Duration`, rounded towards zero; the longest or the shortest where it is beyond it,
/// as `milliseconds::max()` is beyond what nanoseconds can count.
template <class Duration, class Rep, class Period>
constexpr Duration clamped(std::chrono::duration<Rep, Period> by) noexcept {
    if constexpr (std::same_as<Duration, std::chrono::duration<Rep, Period>>) {
        return by;
    } else {
        using limits = std::numeric_limits<typename Duration::rep>;
        const std::chrono::duration<long double, typename Duration::period> ticks(by);
        if (ticks.count() >= static_cast<long double>(limits::max())) return Duration::max();
        if (ticks.count() <= static_cast<long double>(limits::min())) return Duration::min();
        return std::chrono::duration_cast<Duration>(by);
    }
}

/// The time `by` after `from`, or before it where `by` is negative; `time_point::max()`, which
/// means never, where that is too far away to be counted.
///
///     deadline_ = deadline_after(time.now(), wait);
template <class Clock, class Duration, class Rep, class Period>
constexpr std::chrono::time_point<Clock, Duration> deadline_after(
    std::chrono::time_point<Clock, Duration> from, std::chrono::duration<Rep, Period> by) noexcept {
    return add_saturating(from, clamped<Duration>(by));
}

/// The time `n` periods after `start`, in the same way.
template <class Clock, class Duration>
constexpr std::chrono::time_point<Clock, Duration> nth_after(
    std::chrono::time_point<Clock, Duration> start, Duration period, std::uint64_t n) noexcept {
    typename Duration::rep ticks{};
    const bool over = __builtin_mul_overflow(period.count(), n, &ticks);
    if (!over) return add_saturating(start, Duration(ticks));
    return add_saturating(start, period < Duration::zero() ? Duration::min() : Duration::max());
}

}  // namespace weir
