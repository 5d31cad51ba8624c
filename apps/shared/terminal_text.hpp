/// Text in the columns of a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir_apps {

/// One line of text that a terminal shows unchanged. Characters that would move the cursor, and
/// bytes that are not UTF-8, are question marks.
struct shown_text {
    std::string text;
    std::size_t columns = 0;  ///< its width: a wide character takes two
};

/// `text` in at most `most` columns. Longer text is cut, and ends with "…".
shown_text shown(std::string_view text, std::size_t most);

}  // namespace weir_apps
