#include "charset.hpp"

#include <weir/core/utf8.hpp>

#include <weir-load/encoding.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

namespace weir_load::table_load {

namespace {

constexpr std::array<std::pair<std::string_view, charset>, 6> charset_names = {{
    {"utf-8", charset::utf8},
    {"latin-1", charset::latin1},
    {"windows-1252", charset::windows_1252},
    {"utf-16le", charset::utf16_le},
    {"utf-16be", charset::utf16_be},
    {"iso-8859-1", charset::latin1},
}};

void append_utf8(std::string& to, char32_t code) {
    const auto byte = [&to](char32_t value) { to += static_cast<char>(value); };
    if (code < 0x80) {
        byte(code);
    } else if (code < 0x800) {
        byte(0xC0 | code >> 6);
        byte(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        // A surrogate that stands alone comes out as three bytes that are no UTF-8.
        byte(0xE0 | code >> 12);
        byte(0x80 | (code >> 6 & 0x3F));
        byte(0x80 | (code & 0x3F));
    } else {
        byte(0xF0 | code >> 18);
        byte(0x80 | (code >> 12 & 0x3F));
        byte(0x80 | (code >> 6 & 0x3F));
        byte(0x80 | (code & 0x3F));
    }
}

class utf16_source : public byte_source {
public:
    utf16_source(byte_source_ptr from, bool big) : from_(std::move(from)), big_(big) {}

    std::size_t read(std::span<char> to) override {
        while (given_ == text_.size() && !ended_) decode_block();
        const std::size_t size = std::min(to.size(), text_.size() - given_);
        std::memcpy(to.data(), text_.data() + given_, size);
        given_ += size;
        return size;
    }

private:
    void decode_block() {
        text_.clear();
        given_ = 0;
        const std::size_t got = from_->read(std::span(block_).subspan(kept_));
        ended_ = got == 0;
        const std::size_t size = kept_ + got;
        std::size_t used = 0;
        for (; used + 2 <= size; used += 2) take(unit_at(used));
        kept_ = size - used;
        if (kept_ != 0) block_[0] = block_[used];
        if (!ended_) return;
        flush_high();
        if (kept_ != 0) text_ += '\xff';  // half a character
    }

    char32_t unit_at(std::size_t i) const noexcept {
        const auto first = static_cast<unsigned char>(block_[i]);
        const auto second = static_cast<unsigned char>(block_[i + 1]);
        return big_ ? static_cast<char32_t>(first << 8 | second)
                    : static_cast<char32_t>(second << 8 | first);
    }

    void take(char32_t unit) {
        if (std::exchange(at_start_, false) && unit == 0xFEFF) return;
        if (high_ != 0 && unit >= 0xDC00 && unit < 0xE000) {
            append_utf8(text_, 0x10000 + ((high_ - 0xD800) << 10) + (unit - 0xDC00));
            high_ = 0;
            return;
        }
        flush_high();
        if (unit >= 0xD800 && unit < 0xDC00) {
            high_ = unit;
        } else {
            append_utf8(text_, unit);
        }
    }

    void flush_high() {
        if (high_ != 0) append_utf8(text_, std::exchange(high_, 0));
    }

    byte_source_ptr from_;
    bool big_;
    std::vector<char> block_ = std::vector<char>(std::size_t{64} << 10);
    std::size_t kept_ = 0;
    std::string text_;
    std::size_t given_ = 0;
    char32_t high_ = 0;  // the first half of a pair
    bool at_start_ = true;
    bool ended_ = false;
};

/// UTF-16 of European text has a zero in every other byte.
std::optional<charset> utf16_without_mark(std::string_view sample) {
    std::array<std::size_t, 2> zeros{};
    for (std::size_t i = 0; i < sample.size(); ++i) zeros[i % 2] += sample[i] == '\0' ? 1U : 0U;
    const std::size_t units = sample.size() / 2;
    if (units < 2) return std::nullopt;
    if (zeros[1] > units / 2 && zeros[0] < units / 20 + 1) return charset::utf16_le;
    if (zeros[0] > units / 2 && zeros[1] < units / 20 + 1) return charset::utf16_be;
    return std::nullopt;
}

}  // namespace

std::string_view to_string(charset text) noexcept {
    const auto* const found =
        std::ranges::find(charset_names, text, [](auto& e) { return e.second; });
    return found->first;
}

std::optional<charset> charset_named(std::string_view name) noexcept {
    const auto* const found =
        std::ranges::find(charset_names, name, [](auto& e) { return e.first; });
    if (found == charset_names.end()) return std::nullopt;
    return found->second;
}

charset sniff_charset(std::string_view sample, bool whole) noexcept {
    if (sample.starts_with("\xef\xbb\xbf")) return charset::utf8;
    if (sample.starts_with("\xff\xfe")) return charset::utf16_le;
    if (sample.starts_with("\xfe\xff")) return charset::utf16_be;
    if (const auto utf16 = utf16_without_mark(sample)) return *utf16;
    // The last character may be cut off.
    for (int i = 0; i < 3 && !whole && !sample.empty(); ++i) {
        const auto last = static_cast<unsigned char>(sample.back());
        if (last < 0x80) break;
        sample.remove_suffix(1);
        if (last >= 0xC0) break;
    }
    return weir::is_utf8(sample) ? charset::utf8 : charset::windows_1252;
}

void append_decoded(std::string& to, std::string_view field, charset text) {
    if (text == charset::windows_1252) {
        append_windows_1252(to, field);
        return;
    }
    for (const char c : field) append_utf8(to, static_cast<unsigned char>(c));
}

byte_source_ptr from_utf16(byte_source_ptr from, charset text) {
    return std::make_unique<utf16_source>(std::move(from), text == charset::utf16_be);
}

}  // namespace weir_load::table_load
