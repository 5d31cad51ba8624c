#include <weir/core/utf8.hpp>

#include <fmt/format.h>
#include <shared/printable.hpp>

#include <algorithm>
#include <iterator>

namespace weir_apps {

namespace {

/// Characters that a terminal obeys instead of showing them: control characters, line ends, and
/// those that change the direction of writing.
bool is_control(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x200E || c == 0x200F ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

void append_escaped(std::string& to, char32_t c) {
    switch (c) {
        case '\n':
            to += "\\n";
            break;
        case '\r':
            to += "\\r";
            break;
        case '\t':
            to += "\\t";
            break;
        default:
            if (c < 0x80) {
                fmt::format_to(std::back_inserter(to), "\\x{:02x}", static_cast<unsigned>(c));
            } else {
                fmt::format_to(std::back_inserter(to), "\\u{:04x}", static_cast<unsigned>(c));
            }
    }
}

}  // namespace

std::string printable(std::string_view text) {
    std::string shown;
    shown.reserve(text.size());
    while (!text.empty()) {
        const weir::utf8_piece next = weir::utf8_front(text);
        const std::string_view bytes = text.substr(0, next.size);
        if (!next.good) {
            for (const char c : bytes) {
                fmt::format_to(std::back_inserter(shown), "\\x{:02x}",
                               static_cast<unsigned>(static_cast<unsigned char>(c)));
            }
        } else if (is_control(next.code)) {
            append_escaped(shown, next.code);
        } else {
            shown += bytes;
        }
        text.remove_prefix(next.size);
    }
    return shown;
}

std::string_view printable(std::string_view text, std::string& memory) {
    const auto plain = [](char c) { return c >= 0x20 && c < 0x7F; };
    if (std::ranges::all_of(text, plain)) return text;
    return memory = printable(text);
}

std::string as_utf8(std::string_view text) {
    std::string good;
    good.reserve(text.size());
    while (!text.empty()) {
        const weir::utf8_piece next = weir::utf8_front(text);
        good += next.good ? text.substr(0, next.size) : std::string_view("\xEF\xBF\xBD");
        text.remove_prefix(next.size);
    }
    return good;
}

}  // namespace weir_apps
