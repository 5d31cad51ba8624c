/// Text in the columns of a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir_apps {

/// Text of one line that a terminal shows as it is: what would move the cursor, or is no UTF-8, is
/// a question mark.
struct shown_text {
    std::string text;
    std::size_t columns = 0;  ///< how many it takes: a wide character takes two
};

/// `text` so, in at most `most` columns: what is longer is cut, and ends with "…".
shown_text shown(std::string_view text, std::size_t most);

}  // namespace weir_apps
