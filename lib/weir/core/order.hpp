/// In which order results come where several are on their way at once.
#pragma once

#include <cstdint>

namespace weir {

/// The order of results, for operators that work on several items at a time.
enum class order : std::uint8_t {
    as_given,     ///< As their items came in: one that takes long holds back those after it.
    as_completed  ///< As they are ready.
};

}  // namespace weir
