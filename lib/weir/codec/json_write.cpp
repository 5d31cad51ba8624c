#include <weir/codec/json_write.hpp>

#include <cstdint>

namespace weir::codec {
namespace {

// Bytes that stand for themselves in JSON text: printable ASCII but the quote and the backslash.
constexpr auto is_plain = [] {
    std::array<bool, 256> all{};
    for (std::size_t c = 0x20; c != 0x80; ++c) all[c] = c != '"' && c != '\\';
    return all;
}();

constexpr unsigned char byte(char c) {
    return static_cast<unsigned char>(c);
}

// The size of the UTF-8 sequence at the start of `text`, 0 if it is not a well-formed one (overlong
// forms, surrogates and what lies beyond U+10FFFF are not).
std::size_t utf8_size(std::string_view text) {
    const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
        return i < text.size() && byte(text[i]) >= low && byte(text[i]) <= high;
    };
    const unsigned lead = byte(text.front());
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = lead == 0xED ? 0x9F : 0xBF;
        return follows(1, low, high) && follows(2) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
        const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
        return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

char* write_escaped(char* to, char c) {
    constexpr std::string_view hex = "0123456789abcdef";
    switch (c) {
        case '"':
            return write_bytes(to, "\\\"");
        case '\\':
            return write_bytes(to, "\\\\");
        case '\b':
            return write_bytes(to, "\\b");
        case '\f':
            return write_bytes(to, "\\f");
        case '\n':
            return write_bytes(to, "\\n");
        case '\r':
            return write_bytes(to, "\\r");
        case '\t':
            return write_bytes(to, "\\t");
        default:
            to = write_bytes(to, "\\u00");
            *to++ = hex[byte(c) >> 4];
            *to++ = hex[byte(c) & 15];
            return to;
    }
}

}  // namespace

std::size_t json_text_bound(std::string_view text) noexcept {
    std::size_t size = text.size() + 2;
    for (const char c : text) {
        if (!is_plain[byte(c)]) size += 5;
    }
    return size;
}

char* write_json_text(char* to, std::string_view text) noexcept {
    *to++ = '"';
    while (!text.empty()) {
        const char c = text.front();
        std::size_t size = 1;
        if (is_plain[byte(c)]) {
            *to++ = c;
        } else if (byte(c) < 0x80) {
            to = write_escaped(to, c);
        } else if (const std::size_t sequence = utf8_size(text); sequence != 0) {
            to = write_bytes(to, text.substr(0, sequence));
            size = sequence;
        } else {
            to = write_bytes(to, "\xEF\xBF\xBD");
        }
        text.remove_prefix(size);
    }
    *to++ = '"';
    return to;
}

}  // namespace weir::codec
