/// A picture that stays in its place on a terminal.
#pragma once

#include <string>
#include <vector>

namespace weir_enrich {

struct terminal_size {
    int columns = 80;
    int rows = 24;
    friend bool operator==(const terminal_size&, const terminal_size&) = default;
};

/// The lines of a picture, without line ends. The footer is shown while the picture moves, if it
/// fits.
struct picture {
    std::vector<std::string> lines;
    std::string footer;
};

/// Makes the bytes that paint a picture over the one before.
///
/// Lines are cut to the width of the terminal, and the lower part of a picture that is too high is
/// left out. So each line takes one row, and all rows are still on the screen for the next picture.
/// The cursor is left below the picture, and the rest of the screen is cleared. The lines above the
/// picture are left alone. If the size has changed, the whole screen is cleared, because the
/// terminal may have moved the lines.
class painter {
public:
    std::string paint(const picture& what, terminal_size size);
    /// Removes the picture, so that other lines can be written. Paint it again after that.
    std::string erase(terminal_size size);
    /// Removes the footer. The picture stays as it is.
    std::string finish(terminal_size size);

private:
    bool resized(terminal_size size) const { return painted_ != 0 && size != size_; }

    terminal_size size_;
    int painted_ = 0;  // rows
    bool footer_ = false;
};

}  // namespace weir_enrich
