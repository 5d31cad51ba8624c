/// \file
/// UTF-8, character by character.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace weir {

/// What a text begins with: a character, or bytes that are no UTF-8.
struct utf8_piece {
    /// How many bytes; at least 1. Of what is no UTF-8 these are a maximal subpart, as Unicode
    /// calls it: one U+FFFD stands for all of them.
    std::size_t size;
    bool good;      ///< whether it is a character
    char32_t code;  ///< the character; 0 for what is none
};

/// The piece that `text`, which must not be empty, begins with. Overlong forms, surrogates and what
/// lies beyond U+10FFFF are no characters.
///
/// Example: of "\xF0\x9F\x98z" the first piece has three bytes and is not good, the second is `z`.
constexpr utf8_piece utf8_front(std::string_view text) noexcept {
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned lead = byte(0);
    if (lead < 0x80) return {1, true, lead};
    if (lead < 0xC2 || lead > 0xF4) return {1, false, 0};
    const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    // What the second byte may be depends on the first; this is where overlong forms begin.
    unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    char32_t code = lead & (0x7Fu >> size);
    for (std::size_t i = 1; i != size; ++i) {
        if (i == text.size() || byte(i) < low || byte(i) > high) return {i, false, 0};
        code = code << 6 | (byte(i) & 0x3Fu);
        low = 0x80;
        high = 0xBF;
    }
    return {size, true, code};
}

/// Whether all of `text` is UTF-8. Cost: ASCII is looked at eight bytes at a time.
inline bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        if (std::uint64_t word; text.size() >= sizeof word) {
            std::memcpy(&word, text.data(), sizeof word);
            if ((word & 0x8080808080808080U) == 0) {
                text.remove_prefix(sizeof word);
                continue;
            }
        }
        const utf8_piece next = utf8_front(text);
        if (!next.good) return false;
        text.remove_prefix(next.size);
    }
    return true;
}

}  // namespace weir
