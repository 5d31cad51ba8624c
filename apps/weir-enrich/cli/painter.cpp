#include "painter.hpp"

#include <fmt/format.h>
#include <shared/terminal_text.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace weir_enrich {

namespace {

constexpr std::string_view clear_screen = "\x1b[H\x1b[2J";
constexpr std::string_view clear_below = "\x1b[J";

std::string up(int rows) {
    return rows == 0 ? "\r" : fmt::format("\r\x1b[{}A", rows);
}

}  // namespace

std::string painter::paint(const picture& what, terminal_size size) {
    std::string bytes = resized(size) ? std::string(clear_screen) : up(painted_);
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
    return bytes.append(clear_below);
}

std::string painter::erase(terminal_size size) {
    if (resized(size)) {
        painted_ = 0;
        return std::string(clear_screen);
    }
    const int rows = std::exchange(painted_, 0);
    return rows == 0 ? std::string() : up(rows).append(clear_below);
}

std::string painter::finish(terminal_size size) {
    // After a change of size the position of the footer is unknown.
    const bool known = painted_ != 0 && footer_ && !resized(size);
    painted_ = 0;
    return known ? up(1).append(clear_below) : std::string();
}

}  // namespace weir_enrich
