/// What happens to one more item where there is no room for it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

namespace weir {

/// One vocabulary for everything that can be full: a channel, a broadcast, a branch, a side of a
/// join, the queue of a TCP subscriber. Each takes those policies that fit it, which its
/// documentation lists, and refuses the others with `std::invalid_argument`. What drops also
/// counts.
///
/// | where                    | wait | drop_oldest | drop_newest | fail | disconnect | end_oldest |
/// |--------------------------|------|-------------|-------------|------|------------|------------|
/// | `mpsc_`, `mpmc_channel`  | yes  | yes         | yes         | yes  |            |            |
/// | `broadcast`              | yes  | yes         |             |      | yes        |            |
/// | `fan_out`, `partition`   | yes  | yes         | yes         |      | yes        |            |
/// | `interval_join`          | yes  | yes         |             | yes  |            |            |
/// | `group_by`               |      |             |             | yes  |            | yes        |
/// | `tcp::publish`           | yes  | yes         | yes         |      | yes        |            |
enum class overflow : std::uint8_t {
    wait,         ///< The sending side waits for room: backpressure.
    drop_oldest,  ///< The oldest items make room: the receiver sees the newest. No send waits.
    drop_newest,  ///< The new item is dropped: the receiver sees the oldest. No send waits.
    fail,         ///< The operation that has no room fails.
    disconnect,   ///< The slow receiver is cut off and gets an error; the others go on.
    end_oldest    ///< The part that was idle for longest ends, and makes room.
};

/// The policy's name, as it is written in code: "drop_oldest".
constexpr std::string_view to_string(overflow policy) noexcept {
    switch (policy) {
        case overflow::wait:
            return "wait";
        case overflow::drop_oldest:
            return "drop_oldest";
        case overflow::drop_newest:
            return "drop_newest";
        case overflow::fail:
            return "fail";
        case overflow::disconnect:
            return "disconnect";
        case overflow::end_oldest:
            return "end_oldest";
    }
    return "";
}

namespace detail {

/// Throws `std::invalid_argument`, which lists what fits, unless `policy` is among `fitting`.
/// `where` is the name of what was asked for it.
inline overflow check_overflow(overflow policy, std::initializer_list<overflow> fitting,
                               std::string_view where) {
    if (std::ranges::find(fitting, policy) != fitting.end()) return policy;
    std::string text = "weir::" + std::string(where) +
                       ": overflow::" + std::string(to_string(policy)) + " does not fit; use";
    const char* before = " ";
    for (const overflow one : fitting) {
        text.append(before).append(to_string(one));
        before = ", ";
    }
    throw std::invalid_argument(text);
}

}  // namespace detail

}  // namespace weir
