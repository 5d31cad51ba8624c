#include "date_format.hpp"

#include <fmt/format.h>
#include <shared/exit_code.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace weir_load::table_load {

namespace {

constexpr std::array<std::string_view, 12> months = {"jan", "feb", "mar", "apr", "may", "jun",
                                                     "jul", "aug", "sep", "oct", "nov", "dec"};

constexpr bool digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// From `least` to `most` digits from the front; -1 for none.
int take_number(std::string_view& text, std::size_t least, std::size_t most) noexcept {
    int number = 0;
    std::size_t size = 0;
    for (; size < most && size < text.size() && digit(text[size]); ++size) {
        number = 10 * number + (text[size] - '0');
    }
    if (size < least) return -1;
    text.remove_prefix(size);
    return number;
}

int take_month_name(std::string_view& text) noexcept {
    if (text.size() < 3) return -1;
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    for (std::size_t i = 0; i != months.size(); ++i) {
        if (!std::ranges::equal(text.substr(0, 3), months[i], {}, lower)) continue;
        text.remove_prefix(3);
        return static_cast<int>(i) + 1;
    }
    return -1;
}

bool take_fraction(std::string_view& text, std::string_view& to) noexcept {
    constexpr std::size_t most = 9;
    std::size_t size = 0;
    while (size < most && size < text.size() && digit(text[size])) ++size;
    to = text.substr(0, size);
    text.remove_prefix(size);
    return size != 0;
}

/// Takes what one letter of the format stands for.
bool take_part(char letter, std::string_view& text, date_time& to) noexcept {
    const auto number = [&text](int& part, std::size_t least, std::size_t most) {
        part = take_number(text, least, most);
        return part >= 0;
    };
    switch (letter) {
        case 'Y':
            return number(to.year, 4, 4);
        case 'y':
            if (!number(to.year, 2, 2)) return false;
            to.year += to.year < 69 ? 2000 : 1900;
            return true;
        case 'm':
            return number(to.month, 1, 2);
        case 'd':
            return number(to.day, 1, 2);
        case 'b':
            to.month = take_month_name(text);
            return to.month > 0;
        case 'H':
            to.has_time = true;
            return number(to.hour, 1, 2) && to.hour < 24;
        case 'M':
            return number(to.minute, 1, 2) && to.minute < 60;
        case 'S':
            return number(to.second, 1, 2) && to.second <= 60;
        case 'f':
            return take_fraction(text, to.fraction);
        default:
            if (!text.starts_with(letter)) return false;
            text.remove_prefix(1);
            return true;
    }
}

}  // namespace

bool is_day(int year, int month, int day) noexcept {
    constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 0 || month < 1 || month > 12 || day < 1) return false;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

date_format::date_format(std::string format) : format_(std::move(format)) {
    std::string seen;
    for (std::size_t i = 0; i < format_.size(); ++i) {
        if (format_[i] != '%') continue;
        const char letter = ++i < format_.size() ? format_[i] : '\0';
        if (letter == '\0' ||
            std::string_view("YymdbHMSf%").find(letter) == std::string_view::npos) {
            throw weir_apps::usage_error(fmt::format(
                "--date-format {}: only %Y %y %m %b %d %H %M %S %f and %% are known", format_));
        }
        seen += letter;
    }
    const auto has = [&seen](char letter) { return seen.find(letter) != seen.npos; };
    if (!(has('Y') || has('y')) || !(has('m') || has('b')) || !has('d')) {
        throw weir_apps::usage_error(fmt::format(
            "--date-format {}: it must say where year, month and day stand, as %d.%m.%Y does",
            format_));
    }
    has_time_ = has('H');
}

std::optional<date_time> date_format::parse(std::string_view text) const noexcept {
    date_time found;
    for (std::size_t i = 0; i < format_.size(); ++i) {
        if (format_[i] == '%') {
            if (!take_part(format_[++i], text, found)) return std::nullopt;
        } else if (text.starts_with(format_[i])) {
            text.remove_prefix(1);
        } else {
            return std::nullopt;
        }
    }
    if (!text.empty() || !is_day(found.year, found.month, found.day)) return std::nullopt;
    return found;
}

std::size_t write_iso(const date_time& t, bool with_time, std::span<char> to) {
    auto end = fmt::format_to_n(to.data(), to.size(), "{:04}-{:02}-{:02}", t.year, t.month, t.day);
    std::size_t size = end.size;
    if (!with_time) return size;
    end = fmt::format_to_n(to.data() + size, to.size() - size, " {:02}:{:02}:{:02}", t.hour,
                           t.minute, t.second);
    size += end.size;
    if (t.fraction.empty()) return size;
    end = fmt::format_to_n(to.data() + size, to.size() - size, ".{}", t.fraction);
    return size + end.size;
}

}  // namespace weir_load::table_load
