#include "painter.hpp"

#include <fmt/format.h>
#include <shared/terminal_text.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace weir_enrich {

std::string painter::to_top(int rows) const {
    return rows == 0 ? "\r" : fmt::format("\r\x1b[{}A", rows);
}

std::string painter::paint(const picture& what, terminal_size size) {
    const bool resized = painted_ != 0 && size != size_;
    std::string bytes = resized ? "\x1b[H\x1b[2J" : to_top(painted_);
    size_ = size;
    const int room = std::max(0, size.rows - 1);  // the cursor needs a row
    painted_ = std::min(static_cast<int>(what.lines.size()), room);
    footer_ = !what.footer.empty() && static_cast<int>(what.lines.size()) < room;
    const auto add = [&bytes, size](std::string_view line) {
        const auto columns = static_cast<std::size_t>(std::max(0, size.columns));
        bytes += "\x1b[2K" + weir_apps::shown(line, columns).text + "\r\n";
    };
    for (int i = 0; i != painted_; ++i) add(what.lines[static_cast<std::size_t>(i)]);
    if (footer_) add(what.footer);
    if (footer_) ++painted_;
    return bytes + "\x1b[J";
}

std::string painter::erase() {
    const int rows = painted_;
    painted_ = 0;
    return rows == 0 ? std::string() : to_top(rows) + "\x1b[J";
}

std::string painter::finish() {
    const bool footer = painted_ != 0 && footer_;
    painted_ = 0;
    return footer ? to_top(1) + "\x1b[J" : std::string();
}

}  // namespace weir_enrich
