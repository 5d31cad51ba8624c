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

/// What is to be seen: lines without their ends. The footer is shown while the picture moves, if
/// there is room for it.
struct picture {
    std::vector<std::string> lines;
    std::string footer;
};

/// Makes the bytes that paint a picture over the one before. It goes by what it has painted: lines
/// are cut to the width of the terminal, and of a picture that is too high the lower part is left
/// out, so each line takes one row, and all rows are still on the screen when they are painted
/// anew. The cursor is left below the picture; what stands there is cleared. The lines before the
/// picture are left alone, unless the size has changed: how the terminal has moved them then is not
/// known, so the screen is cleared.
class painter {
public:
    std::string paint(const picture& what, terminal_size size);
    /// Takes the picture away, so that other lines can be written; it is to be painted again then.
    std::string erase(terminal_size size);
    /// Takes the footer away: the picture stays as it is from now on.
    std::string finish(terminal_size size);

private:
    bool resized(terminal_size size) const { return painted_ != 0 && size != size_; }

    terminal_size size_;
    int painted_ = 0;  // rows
    bool footer_ = false;
};

}  // namespace weir_enrich
