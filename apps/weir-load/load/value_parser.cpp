#include "value_parser.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "field_reader.hpp"
#include "json_check.hpp"

namespace weir_load::table_load {

namespace {

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// Takes digits from the front of `text`; how many.
std::size_t take_digits(std::string_view& text) noexcept {
    std::size_t size = 0;
    while (size < text.size() && is_digit(text[size])) ++size;
    text.remove_prefix(size);
    return size;
}

bool take(std::string_view& text, char c) noexcept {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

/// The parts of a number: `-12.50e3`.
struct number_parts {
    std::string_view whole;
    std::string_view fraction;
    bool exponent = false;
};

std::optional<number_parts> number_parts_of(std::string_view text) noexcept {
    take(text, '-');
    number_parts parts;
    parts.whole = text;
    parts.whole = parts.whole.substr(0, take_digits(text));
    if (take(text, '.')) {
        parts.fraction = text;
        parts.fraction = parts.fraction.substr(0, take_digits(text));
        if (parts.fraction.empty()) return std::nullopt;
    }
    if (parts.whole.empty() && parts.fraction.empty()) return std::nullopt;
    if (take(text, 'e') || take(text, 'E')) {
        parts.exponent = true;
        if (!take(text, '+')) take(text, '-');
        if (take_digits(text) == 0) return std::nullopt;
    }
    if (!text.empty()) return std::nullopt;
    return parts;
}

/// The digits that count: without the zeros in front. At most `limit` are kept; how many there are.
template <std::size_t Limit>
std::size_t significant_digits(const number_parts& parts, std::array<char, Limit>& kept) noexcept {
    std::size_t count = 0;
    for (const std::string_view digits : {parts.whole, parts.fraction}) {
        for (const char c : digits) {
            if (count == 0 && c == '0') continue;
            if (count < Limit) kept[count] = c;
            ++count;
        }
    }
    return count;
}

/// A double keeps 15 digits always, 16 or 17 at times: then it must give the same ones back.
bool gives_digits_back(double value, const number_parts& parts) noexcept {
    constexpr std::size_t always = 15;
    constexpr std::size_t most = 17;
    std::array<char, most> digits{};
    std::size_t count = significant_digits(parts, digits);
    if (count <= always) return true;
    if (count > most) {
        // 100000000000000000000 has one digit that counts.
        return false;
    }
    std::array<char, 64> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), std::fabs(value),
                                   std::chars_format::scientific, static_cast<int>(count) - 1);
    std::array<char, most> given{};
    const auto written =
        number_parts_of({text.data(), static_cast<std::size_t>(end.ptr - text.data())});
    return written && significant_digits(*written, given) == count &&
           std::equal(given.begin(), given.begin() + static_cast<std::ptrdiff_t>(count),
                      digits.begin());
}

bool is_zero(const number_parts& parts) noexcept {
    return parts.whole.find_first_not_of('0') == parts.whole.npos &&
           parts.fraction.find_first_not_of('0') == parts.fraction.npos;
}

/// Digits at fixed places.
int number_at(std::string_view text, std::size_t at, std::size_t size) noexcept {
    int number = 0;
    for (std::size_t i = at; i != at + size; ++i) {
        if (!is_digit(text[i])) return -1;
        number = 10 * number + (text[i] - '0');
    }
    return number;
}

/// `13:45`, `13:45:00`, `13:45:00.125`, taken from the front.
bool take_time(std::string_view& text) noexcept {
    if (text.size() < 5 || text[2] != ':') return false;
    const int hour = number_at(text, 0, 2);
    const int minute = number_at(text, 3, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return false;
    text.remove_prefix(5);
    if (!text.starts_with(':')) return true;
    if (text.size() < 3) return false;
    const int second = number_at(text, 1, 2);
    if (second < 0 || second > 60) return false;
    text.remove_prefix(3);
    return !take(text, '.') || take_digits(text) != 0;
}

/// `Z`, `+01`, `+0100`, `+01:00`, or nothing.
bool is_offset(std::string_view text) noexcept {
    if (text.empty() || text == "Z" || text == "z") return true;
    if (!take(text, '+') && !take(text, '-')) return false;
    if (text.size() == 2) return number_at(text, 0, 2) >= 0;
    if (text.size() == 5 && text[2] == ':') {
        return number_at(text, 0, 2) >= 0 && number_at(text, 3, 2) >= 0;
    }
    return text.size() == 4 && number_at(text, 0, 4) >= 0;
}

parsed_value fault(const char* what) noexcept {
    return {{}, what};
}

/// A number as users may write it for a type that they name: a plus, zeros in front, spaces around.
std::string_view as_plain_number(std::string_view text) noexcept {
    text = trimmed(text);
    if (take(text, '+')) {
        if (text.starts_with('-')) return {};
    }
    return text;
}

parsed_value parse_integer(std::string_view text, bool told) {
    if (const auto plain = plain_integer(text)) return {cell(*plain)};
    const std::string_view number = as_plain_number(text);
    std::string_view digits = number;
    take(digits, '-');
    if (digits.empty() || take_digits(digits) != (number.size() - (number[0] == '-' ? 1U : 0U)) ||
        !digits.empty()) {
        return fault("is no whole number");
    }
    std::int64_t value = 0;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
    if (read.ec != std::errc{}) return fault("is beyond the range of whole numbers (64 bits)");
    if (!told) return fault("would not come back as it is written (zeros, a plus or spaces)");
    return {cell(value)};
}

parsed_value parse_real(std::string_view text, bool told) {
    if (const auto plain = plain_real(text)) return {cell(*plain)};
    const std::string_view number = told ? as_plain_number(text) : text;
    const auto parts = number_parts_of(number);
    if (!parts) return fault("is no number");
    double value = 0;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
    if (read.ec != std::errc{}) return fault("is beyond the range of REAL");
    if (value == 0 && !is_zero(*parts)) return fault("is beyond the range of REAL");
    if (!told) return fault("would not come back with all its digits");
    if (!gives_digits_back(value, *parts)) return fault("has more digits than REAL keeps");
    return {cell(value)};
}

bool same_word(std::string_view text, std::string_view word) noexcept {
    return std::ranges::equal(text, word, {}, [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
}

parsed_value parse_boolean(std::string_view text) {
    for (const std::string_view word : {"1", "true", "t", "yes", "y", "on"}) {
        if (same_word(text, word)) return {cell(std::int64_t{1})};
    }
    for (const std::string_view word : {"0", "false", "f", "no", "n", "off"}) {
        if (same_word(text, word)) return {cell(std::int64_t{0})};
    }
    return fault("is neither true nor false");
}

parsed_value parse_formatted(std::string_view text, const value_rules& rules,
                             std::pmr::memory_resource& memory) {
    const auto time = rules.dates->parse(text);
    if (!time) return fault("is no date of the format that --date-format says");
    if (rules.type == column_type::date && time->has_time) return fault("has a time of day");
    std::array<char, 48> written{};
    const std::size_t size = write_iso(*time, rules.type == column_type::timestamp, written);
    char* const kept = static_cast<char*>(memory.allocate(size, 1));
    std::memcpy(kept, written.data(), size);
    return {cell(std::string_view(kept, size))};
}

parsed_value parse_number(std::string_view text) {
    if (const auto whole = plain_integer(text)) return {cell(*whole)};
    if (const auto real = plain_real(text)) return {cell(*real)};
    // SQLite would make a number of it, and lose how it is written.
    if (number_parts_of(as_plain_number(text))) {
        return fault("would not come back as it is written from a NUMERIC column");
    }
    return {cell(text)};
}

parsed_value checked(bool good, std::string_view text, const char* what) {
    return good ? parsed_value{cell(text)} : fault(what);
}

}  // namespace

std::optional<std::int64_t> plain_integer(std::string_view text) noexcept {
    std::string_view digits = text;
    const bool negative = take(digits, '-');
    // Most are short: then nothing can overflow.
    constexpr std::size_t always_fits = 18;
    if (digits.empty() || (digits[0] == '0' && (digits.size() != 1 || negative))) {
        return std::nullopt;
    }
    if (digits.size() <= always_fits) {
        std::int64_t value = 0;
        for (const char c : digits) {
            if (!is_digit(c)) return std::nullopt;
            value = 10 * value + (c - '0');
        }
        return negative ? -value : value;
    }
    std::int64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    return value;
}

std::optional<double> plain_real(std::string_view text) noexcept {
    const auto parts = number_parts_of(text);
    // 007.5 may be a code as well as a number.
    if (!parts || (parts->whole.size() > 1 && parts->whole[0] == '0')) return std::nullopt;
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc{} || (value == 0 && !is_zero(*parts))) return std::nullopt;
    if (!gives_digits_back(value, *parts)) return std::nullopt;
    return value;
}

bool is_iso_date(std::string_view text) noexcept {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    return is_day(number_at(text, 0, 4), number_at(text, 5, 2), number_at(text, 8, 2));
}

bool is_iso_timestamp(std::string_view text) noexcept {
    if (text.size() < 16 || !is_iso_date(text.substr(0, 10))) return false;
    if (text[10] != ' ' && text[10] != 'T') return false;
    text.remove_prefix(11);
    return take_time(text) && is_offset(text);
}

bool is_decimal(std::string_view text) noexcept {
    if (!take(text, '-')) take(text, '+');
    const auto parts = number_parts_of(text);
    return parts && !parts->exponent && !text.starts_with('-');
}

bool is_uuid(std::string_view text) noexcept {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i != text.size(); ++i) {
        const char c = text[i];
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (c != '-') return false;
        } else if (!is_digit(c) && (c < 'a' || c > 'f') && (c < 'A' || c > 'F')) {
            return false;
        }
    }
    return true;
}

std::string_view plain_kind(std::string_view text) noexcept {
    if (number_parts_of(as_plain_number(text))) return "number";
    if (is_iso_date(text) || is_iso_timestamp(text)) return "date";
    if (is_uuid(text)) return "UUID";
    return {};
}

parsed_value parse_value(std::string_view text, const value_rules& rules,
                         std::pmr::memory_resource& memory) {
    switch (rules.type) {
        case column_type::text:
            return {cell(text)};
        case column_type::integer:
            return parse_integer(text, rules.told);
        case column_type::real:
            return parse_real(text, rules.told);
        case column_type::boolean:
            return parse_boolean(text);
        case column_type::date:
            if (rules.dates) return parse_formatted(text, rules, memory);
            return checked(is_iso_date(text), text, "is no date (YYYY-MM-DD)");
        case column_type::timestamp:
            if (rules.dates) return parse_formatted(text, rules, memory);
            return checked(is_iso_timestamp(text) || is_iso_date(text), text,
                           "is no timestamp (YYYY-MM-DD HH:MM:SS)");
        case column_type::decimal:
            return checked(is_decimal(text), text, "is no decimal number");
        case column_type::uuid:
            return checked(is_uuid(text), text, "is no UUID");
        case column_type::json:
            return checked(is_json(text), text, "is no JSON");
        case column_type::number:
            return parse_number(text);
    }
    return fault("is of no type");
}

}  // namespace weir_load::table_load
