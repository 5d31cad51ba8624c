#include <weir/codec/json_write.hpp>
#include <weir/core/utf8.hpp>

#include <cstdint>

namespace weir::codec {
namespace {

// Bytes that need no escape in JSON text: printable ASCII except the quote and the backslash.
constexpr auto is_plain = [] {
    std::array<bool, 256> all{};
    for (std::size_t c = 0x20; c != 0x80; ++c) all[c] = c != '"' && c != '\\';
    return all;
}();

constexpr unsigned char byte(char c) {
    return static_cast<unsigned char>(c);
}

char* write_escaped(char* to, char c) {
    constexpr std::string_view hex = "0123456789abcdef";
    switch (c) {
        case '"':
            return detail::write_bytes(to, "\\\"");
        case '\\':
            return detail::write_bytes(to, "\\\\");
        case '\b':
            return detail::write_bytes(to, "\\b");
        case '\f':
            return detail::write_bytes(to, "\\f");
        case '\n':
            return detail::write_bytes(to, "\\n");
        case '\r':
            return detail::write_bytes(to, "\\r");
        case '\t':
            return detail::write_bytes(to, "\\t");
        default:
            to = detail::write_bytes(to, "\\u00");
            *to++ = hex[byte(c) >> 4];
            *to++ = hex[byte(c) & 15];
            return to;
    }
}

}  // namespace

std::size_t detail::json_text_bound(std::string_view text) noexcept {
    std::size_t size = text.size() + 2;
    for (const char c : text) {
        if (!is_plain[byte(c)]) size += 5;
    }
    return size;
}

char* detail::write_json_text(char* to, std::string_view text) noexcept {
    *to++ = '"';
    while (!text.empty()) {
        const char c = text.front();
        std::size_t size = 1;
        if (is_plain[byte(c)]) {
            *to++ = c;
        } else if (byte(c) < 0x80) {
            to = write_escaped(to, c);
        } else {
            const utf8_piece next = utf8_front(text);
            to = detail::write_bytes(to, next.good ? text.substr(0, next.size) : "\xEF\xBF\xBD");
            size = next.size;
        }
        text.remove_prefix(size);
    }
    *to++ = '"';
    return to;
}

}  // namespace weir::codec
