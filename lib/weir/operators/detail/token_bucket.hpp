/// token_bucket: limits how often something may happen.
#pragma once

#include <weir/operators/rate.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/saturating.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>

namespace weir::detail {

/// A bucket that holds up to `burst` tokens. It starts full, and gets `rate.items` new tokens per
/// `rate.per`, evenly. It is exact: it counts in fractions of the clock's ticks, so there is no
/// drift.
///
/// It stores the time at which it would be full again if no more tokens were taken (the
/// "theoretical arrival time" of ATM's generic cell rate algorithm). Not thread-safe.
/// Where `rate.per` is `clock::duration::max()`, which means never, there is the burst and no more.
class token_bucket {
public:
    /// Throws `std::invalid_argument` if the rate or the burst is 0, or too large to compute with.
    /// `owner` is the operator's name for the message.
    token_bucket(rate r, std::uint64_t burst, const char* owner) : rate_(r) {
        const auto refuse = [owner](const char* why) {
            throw std::invalid_argument(std::string("weir::") + owner + ": " + why);
        };
        if (r.items == 0 || r.per <= clock::duration::zero()) refuse("the rate must be positive");
        if (burst == 0) refuse("the burst must be at least 1");
        left_ = burst;
        if (never_fills()) return;
        const auto per = static_cast<std::uint64_t>(r.per.count());
        if (burst - 1 > largest / per) refuse("the burst is too large");
        slack_ = clock::duration(static_cast<clock::duration::rep>((burst - 1) * per / r.items));
    }

    /// The time of the next token; now or in the past if there is one.
    clock::time_point due() const noexcept {
        if (never_fills()) return left_ == 0 ? never : long_ago;
        if (!full_) return long_ago;
        return *full_ == never ? never : subtract_saturating(*full_, slack_);
    }

    /// Takes a token if there is one.
    bool take(clock::time_point now) noexcept {
        if (now < due()) return false;
        if (never_fills()) {
            --left_;
            return true;
        }
        if (!full_ || *full_ < now) {
            full_ = now;
            part_ = 0;
        }
        const auto per = static_cast<std::uint64_t>(rate_.per.count());
        std::uint64_t ticks = per / rate_.items;
        part_ += per % rate_.items;
        if (part_ >= rate_.items) {
            part_ -= rate_.items;
            ++ticks;
        }
        const clock::duration share(static_cast<clock::duration::rep>(ticks));
        full_ = deadline_after(*full_, share);
        return true;
    }

private:
    static constexpr auto largest =
        static_cast<std::uint64_t>(std::numeric_limits<clock::duration::rep>::max());
    static constexpr clock::time_point long_ago = clock::time_point::min();
    static constexpr clock::time_point never = clock::time_point::max();

    bool never_fills() const noexcept { return rate_.per == clock::duration::max(); }

    rate rate_;
    std::uint64_t left_ = 0;  // where it never fills
    clock::duration slack_{};
    std::optional<clock::time_point> full_;  // empty: it has been full from the start
    std::uint64_t part_ = 0;  // the fraction of a tick, in `rate_.items`-ths, to add to `full_`
};

}  // namespace weir::detail
