#include "person.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "upper_case.hpp"

namespace weir_load {

namespace {

constexpr std::string_view host = "@somemail.com";
/// The number of digits of the longest age, with its sign.
constexpr std::size_t age_room = 20;

char* append(char* out, std::string_view text) noexcept {
    if (!text.empty()) std::memcpy(out, text.data(), text.size());
    return out + text.size();
}

/// `.0`, `.00`: a fraction that does not change a whole number.
bool is_zero_fraction(std::string_view text) noexcept {
    return text.size() > 1 && text[0] == '.' && text.find_first_not_of('0', 1) == text.npos;
}

std::uint32_t size_between(const char* from, const char* to) noexcept {
    return static_cast<std::uint32_t>(to - from);
}

}  // namespace

read_age parse_age(std::string_view text) noexcept {
    using enum read_age::form;
    if (text.empty()) return {none};
    // from_chars does not accept a plus. Without the check, +-5 would be read as -5.
    if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
    std::int64_t years = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, years);
    if (error != std::errc{}) return {unreadable};
    if (stop == end || is_zero_fraction({stop, static_cast<std::size_t>(end - stop)})) {
        return {whole, years};
    }
    return {unreadable};
}

weir::sqlite::table people_table() {
    using enum weir::sqlite::column_type;
    return {"people",
            {{"id", blob, true},
             {"first_name", text},
             {"last_name", text},
             {"age", integer},
             {"email", text}}};
}

void people_batch::add(const person_fields& fields, const read_age& read, const uuid& id,
                       std::uint64_t line) {
    const auto& [first, last, age] = fields;
    char* const begin =
        room(first.size() + 3 * last.size() + age.size() + age_room + host.size() + 2);
    person p;
    p.id_ = id;
    p.line_ = line;
    p.has_age_ = read.what == read_age::form::whole;
    p.age_ = read.years;

    p.text_ = begin;
    char* out = append(begin, first);
    *out++ = '.';
    out = append(out, last);
    if (p.has_age_) {
        *out++ = '_';
        out = std::to_chars(out, out + age_room, p.age_).ptr;
    }
    char* const upper = append(out, host);
    out = upper + to_upper(last, upper);
    p.first_size_ = static_cast<std::uint32_t>(first.size());
    p.last_size_ = static_cast<std::uint32_t>(last.size());
    p.email_size_ = size_between(begin, upper);
    p.upper_size_ = size_between(upper, out);
    p.age_size_ = static_cast<std::uint32_t>(age.size());
    out = append(out, age);

    const std::size_t used = size_between(begin, out);
    free_ += used;
    left_ -= used;
    text_size_ += used;
    people_.push_back(p);
}

/// Memory for `size` bytes of text. The caller subtracts the part that it uses.
char* people_batch::room(std::size_t size) {
    if (size > left_) {
        // Enough for a batch of ordinary people.
        constexpr std::size_t chunk = full_count * 64;
        left_ = std::max(size, chunk);
        chunks_.push_back(std::make_unique_for_overwrite<char[]>(left_));
        free_ = chunks_.back().get();
        if (people_.empty()) people_.reserve(full_count);
    }
    return free_;
}

}  // namespace weir_load
