#include "upper_case.hpp"

#include <weir/core/utf8.hpp>

#include <locale.h>
#include <wctype.h>

namespace weir_load {

namespace {

constexpr bool is_ascii(char c) {
    return (static_cast<unsigned char>(c) & 0x80) == 0;
}

constexpr char upper_ascii(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::size_t encode(char32_t code, char* out) noexcept {
    const auto tail = [&](unsigned shift) {
        return static_cast<char>(0x80 | (code >> shift & 0x3f));
    };
    if (code < 0x80) {
        out[0] = static_cast<char>(code);
        return 1;
    }
    if (code < 0x800) {
        out[0] = static_cast<char>(0xc0 | code >> 6);
        out[1] = tail(0);
        return 2;
    }
    if (code < 0x10000) {
        out[0] = static_cast<char>(0xe0 | code >> 12);
        out[1] = tail(6);
        out[2] = tail(0);
        return 3;
    }
    out[0] = static_cast<char>(0xf0 | code >> 18);
    out[1] = tail(12);
    out[2] = tail(6);
    out[3] = tail(0);
    return 4;
}

std::size_t to_upper_utf8(std::string_view text, char* out) noexcept {
    // Never freed, because names are processed until the program ends.
    static const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", locale_t{});
    char* const begin = out;
    while (!text.empty()) {
        const weir::utf8_piece c = weir::utf8_front(text);
        if (!c.good || c.size == 1 || utf8 == locale_t{}) {
            for (std::size_t i = 0; i < c.size; ++i) *out++ = upper_ascii(text[i]);
        } else {
            out +=
                encode(static_cast<char32_t>(::towupper_l(static_cast<wint_t>(c.code), utf8)), out);
        }
        text.remove_prefix(c.size);
    }
    return static_cast<std::size_t>(out - begin);
}

}  // namespace

std::size_t to_upper(std::string_view text, char* out) noexcept {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!is_ascii(text[i])) return to_upper_utf8(text, out);
        out[i] = upper_ascii(text[i]);
    }
    return text.size();
}

}  // namespace weir_load
