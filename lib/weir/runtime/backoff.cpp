#include <weir/runtime/backoff.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace weir {

backoff::backoff(const backoff_policy& policy, const char* whose)
    : first_(policy.first_wait),
      most_(policy.max_wait),
      factor_(policy.factor),
      jitter_(policy.jitter),
      dice_(policy.seed != 0 ? policy.seed : std::random_device()()) {
    const auto check = [whose](bool good, const char* rule) {
        if (!good) throw std::invalid_argument(std::string("weir::") + whose + ": " + rule);
    };
    check(first_ > clock::duration::zero(), "the first wait must be positive");
    check(most_ >= first_, "the longest wait must not be shorter than the first");
    check(factor_ >= 1, "the factor must be at least 1");
    check(jitter_ >= 0 && jitter_ <= 1, "the jitter must be from 0 to 1");
    reset();
}

clock::duration backoff::next() {
    const auto limit = static_cast<double>(most_.count());
    const double full = std::min(wait_, limit);
    wait_ = std::min(wait_ * factor_, limit);
    return jittered(full);
}

clock::duration backoff::after(unsigned failures) {
    const double grown =
        static_cast<double>(first_.count()) * std::pow(factor_, failures < 1 ? 0 : failures - 1);
    return jittered(std::min(grown, static_cast<double>(most_.count())));
}

clock::duration backoff::jittered(double full) {
    // Not a distribution of the standard's, which differ from library to library.
    const double left_off = jitter_ * static_cast<double>(dice_() >> 11) * 0x1p-53;
    const double ticks = full * (1 - left_off);
    // A double may be larger than the longest wait that it came from, and than any.
    if (ticks >= static_cast<double>(most_.count())) return most_;
    return clock::duration(static_cast<clock::duration::rep>(ticks));
}

}  // namespace weir
