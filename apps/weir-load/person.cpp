#include "person.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "upper_case.hpp"

namespace weir_load {

namespace {

constexpr std::string_view host = "@somemail.com";
/// Digits of the longest age, with its sign.
constexpr std::size_t age_room = 20;

char* append(char* out, std::string_view text) noexcept {
    if (!text.empty()) std::memcpy(out, text.data(), text.size());
    return out + text.size();
}

bool parse(std::string_view text, std::int64_t& age) noexcept {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, age);
    if (error == std::errc{} && stop == end) return true;
    age = 0;
    return false;
}

std::uint32_t size_between(const char* from, const char* to) noexcept {
    return static_cast<std::uint32_t>(to - from);
}

}  // namespace

weir::sqlite::table people_table() {
    using enum weir::sqlite::column_type;
    return {"people",
            {{"id", blob, true},
             {"first_name", text},
             {"last_name", text},
             {"age", integer},
             {"email", text}}};
}

bool people_batch::add(const person_fields& fields, const uuid& id, std::uint64_t line) {
    const auto& [first, last, age] = fields;
    char* const begin =
        room(first.size() + 3 * last.size() + age.size() + age_room + host.size() + 2);
    person p;
    p.id_ = id;
    p.line_ = line;
    const bool readable = parse(age, p.age_);

    p.text_ = begin;
    char* out = append(begin, first);
    *out++ = '.';
    out = append(out, last);
    *out++ = '_';
    out = std::to_chars(out, out + age_room, p.age_).ptr;
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
    return readable;
}

/// Memory for `size` bytes of text; what of it is used is taken off by the caller.
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
