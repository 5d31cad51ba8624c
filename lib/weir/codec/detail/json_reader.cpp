#include <weir/codec/detail/json_reader.hpp>

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <string>
#include <utility>

namespace weir::codec::detail {
namespace {

namespace ondemand = simdjson::ondemand;

static_assert(json_reader::padding >= simdjson::SIMDJSON_PADDING);

constexpr bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// The token at which a value begins, such as `12`, `"text"`, `null` or `{`.
std::string_view token_of(ondemand::value& value) {
    std::string_view token = value.raw_json_token();
    while (!token.empty() && is_space(token.back())) token.remove_suffix(1);
    return token;
}

// Whether `rest` begins with this key and its closing quote. Field names contain no escapes.
bool is_key(std::string_view rest, std::string_view name) {
    return rest.size() > name.size() && rest[name.size()] == '"' && rest.starts_with(name);
}

// Returns the end of the digits that begin at `at`.
std::size_t past_digits(std::string_view token, std::size_t at) {
    while (at != token.size() && token[at] >= '0' && token[at] <= '9') ++at;
    return at;
}

enum class number_form : std::uint8_t { none, integer, real };

// The form of a token by JSON's grammar for numbers.
number_form form_of(std::string_view token) {
    std::size_t at = token.starts_with('-') ? 1 : 0;
    const std::size_t first = at;
    at = past_digits(token, at);
    if (at == first || (token[first] == '0' && at != first + 1)) return number_form::none;
    if (at == token.size()) return number_form::integer;
    if (token[at] == '.') {
        const std::size_t fraction = at + 1;
        at = past_digits(token, fraction);
        if (at == fraction) return number_form::none;
    }
    if (at != token.size() && (token[at] == 'e' || token[at] == 'E')) {
        ++at;
        if (at != token.size() && (token[at] == '+' || token[at] == '-')) ++at;
        const std::size_t exponent = at;
        at = past_digits(token, exponent);
        if (at == exponent) return number_form::none;
    }
    return at == token.size() ? number_form::real : number_form::none;
}

// Why a token could not be read as a value of this kind.
cause refusal(std::string_view token, json_kind wanted) {
    const char first = token.empty() ? ' ' : token.front();
    if (first == '"' || first == '{' || first == '[' || token == "true" || token == "false" ||
        token == "null") {
        return cause::wrong_type;
    }
    const number_form form = form_of(token);
    if (form == number_form::none) return cause::not_json;
    switch (wanted) {
        case json_kind::signed_integer:
        case json_kind::unsigned_integer:
            return form == number_form::integer ? cause::out_of_range : cause::wrong_type;
        case json_kind::double_number:
        case json_kind::float_number:
            return cause::out_of_range;
        default:
            return cause::wrong_type;
    }
}

// Text without a backslash is used in place.
simdjson::error_code read_text(ondemand::value& value, std::string_view token,
                               std::string_view& to) {
    const bool whole = token.size() >= 2 && token.front() == '"' && token.back() == '"';
    if (!whole) return value.get_string().get(to);
    to = token.substr(1, token.size() - 2);
    if (to.find('\\') == to.npos) return simdjson::SUCCESS;
    return value.get_string().get(to);
}

simdjson::error_code read_scalar(ondemand::value& value, std::string_view token, json_kind wanted,
                                 json_scalar& to) {
    switch (wanted) {
        case json_kind::signed_integer:
            return value.get_int64().get(to.signed_integer);
        case json_kind::unsigned_integer:
            if (token == "-0") {
                to.unsigned_integer = 0;
                return simdjson::SUCCESS;
            }
            return value.get_uint64().get(to.unsigned_integer);
        case json_kind::float_number:
            to.text = token;
            [[fallthrough]];
        case json_kind::double_number:
            return value.get_double().get(to.double_number);
        case json_kind::boolean:
            return value.get_bool().get(to.boolean);
        case json_kind::text:
            return read_text(value, token, to.text);
    }
    return simdjson::UNEXPECTED_ERROR;
}

// The character that closes this bracket; NUL for any other character.
constexpr char closing(char c) {
    return c == '{' ? '}' : c == '[' ? ']' : '\0';
}

// Returns the position behind the text whose opening quote is at `at`.
std::size_t past_text(std::string_view rest, std::size_t at) {
    for (++at; at < rest.size() && rest[at] != '"'; ++at) {
        if (rest[at] == '\\') ++at;
    }
    return at + 1;
}

// Whether the brackets of the value at the start of `rest` match. This is needed because simdjson
// only counts the brackets of a value that it skips. `open` is working memory. The function is not
// recursive, because the input decides how deep the brackets are nested.
bool is_balanced(std::string_view rest, std::string& open) {
    constexpr std::string_view begins = "{[\"-0123456789tfn";
    if (rest.empty() || begins.find(rest.front()) == begins.npos) return false;
    open.clear();
    for (std::size_t at = 0; at < rest.size();) {
        const char c = rest[at];
        if (const char end = closing(c); end != '\0') {
            open += end;
        } else if (c == '}' || c == ']') {
            if (open.empty() || open.back() != c) return false;
            open.pop_back();
        } else if (c == '"') {
            at = past_text(rest, at) - 1;
        }
        if (open.empty()) return true;
        ++at;
    }
    return false;
}

// Stores a value in its field, or returns why it cannot be stored.
cause take_value(ondemand::value& value, std::string_view token, const json_slot& slot,
                 void* record, std::string_view& detail) {
    if (slot.optional && token == "null") return cause::none;
    json_scalar scalar;
    const auto error = read_scalar(value, token, slot.kind, scalar);
    if (error == simdjson::SUCCESS) return slot.store(record, scalar);
    if (error == simdjson::STRING_ERROR) {
        detail = "a bad escape";
        return cause::not_json;
    }
    const cause why = refusal(token, slot.kind);
    if (why == cause::not_json) detail = "neither number, text, true, false nor null";
    return why;
}

}  // namespace

struct json_reader::tools {
    ondemand::parser parser;
    std::string open;  // the open brackets of a value that is skipped

    // Rounds up to a power of two, so a slowly growing line length does not allocate each time.
    void make_room(std::size_t size) {
        if (size <= parser.capacity()) return;
        if (parser.allocate(std::max<std::size_t>(std::bit_ceil(size), 1024)) !=
            simdjson::SUCCESS) {
            throw std::bad_alloc();
        }
    }

    // Moves `at` to the slot with the field's key, or to the end if there is none. Fields usually
    // come in their order, so the slot at `at` is compared first.
    simdjson::error_code find(ondemand::field& field, const char* line_end,
                              std::span<const json_slot> slots, std::size_t& at) {
        const std::string_view rest(field.key().raw(), line_end);
        if (at != slots.size() && is_key(rest, slots[at].name)) return simdjson::SUCCESS;
        std::string_view key = rest.substr(0, rest.find_first_of("\"\\"));
        if (key.size() == rest.size() || rest[key.size()] == '\\') {
            if (const auto error = field.unescaped_key().get(key)) return error;
        }
        const auto found = std::ranges::find(slots, key, &json_slot::name);
        at = static_cast<std::size_t>(found - slots.begin());
        return simdjson::SUCCESS;
    }
};

json_reader::json_reader(std::span<const json_slot> slots)
    : slots_(slots), tools_(std::make_unique<tools>()) {}
json_reader::~json_reader() = default;
json_reader::json_reader(json_reader&&) noexcept = default;
json_reader& json_reader::operator=(json_reader&&) noexcept = default;

fault json_reader::read(const json_line& line, void* record) {
    fault found = read_fields(line, record);
    found.line = found.why == cause::none ? 0 : line.number;
    return found;
}

fault json_reader::read_fields(const json_line& line, void* record) {
    tools_->make_room(line.text.size());
    const char* const begin = line.text.data();
    const char* const end = begin + line.text.size();
    const auto offset_of = [&](const char* place) {
        const bool inside = place >= begin && place <= end;
        return line.offset + (inside ? static_cast<std::uint64_t>(place - begin) : 0);
    };
    const auto not_json = [&](const char* place, simdjson::error_code error) {
        return fault{cause::not_json, offset_of(place), 0, {}, simdjson::error_message(error)};
    };

    ondemand::document document;
    if (const auto error =
            tools_->parser.iterate(line.text.data(), line.text.size(), line.text.size() + padding)
                .get(document)) {
        return not_json(begin, error);
    }
    // The current reading position; the document's begin once the position is past its end.
    const auto here = [&] {
        const char* place = begin;
        return document.current_location().get(place) == simdjson::SUCCESS ? place : begin;
    };
    ondemand::object object;
    if (const auto error = document.get_object().get(object)) {
        if (error == simdjson::INCORRECT_TYPE) return fault{cause::not_an_object, line.offset};
        return not_json(begin, error);
    }

    std::uint64_t seen = 0;
    std::size_t next = 0;
    for (auto each : object) {
        ondemand::field field;
        if (const auto error = std::move(each).get(field)) return not_json(here(), error);
        if (const auto error = tools_->find(field, end, slots_, next)) {
            return not_json(here(), error);
        }
        if (next == slots_.size()) {  // not one of our fields: it is skipped
            const char* const at = field.value().raw_json_token().data();
            if (!is_balanced({at, end}, tools_->open)) {
                return not_json(at, simdjson::TAPE_ERROR);
            }
            continue;
        }
        const json_slot& slot = slots_[next];
        const std::uint64_t bit = std::uint64_t{1} << next;
        ++next;

        ondemand::value value = field.value();
        const std::string_view token = token_of(value);
        std::string_view detail;
        const cause why = (seen & bit) != 0 ? cause::repeated_field
                                            : take_value(value, token, slot, record, detail);
        if (why != cause::none) return {why, offset_of(token.data()), 0, slot.name, detail};
        seen |= bit;
    }
    if (const char* rest = nullptr; document.current_location().get(rest) == simdjson::SUCCESS) {
        return not_json(rest, simdjson::TRAILING_CONTENT);
    }
    for (std::size_t i = 0; i != slots_.size(); ++i) {
        if (!slots_[i].optional && (seen >> i & 1) == 0) {
            return fault{cause::missing_field, line.offset, 0, slots_[i].name};
        }
    }
    return {};
}

}  // namespace weir::codec::detail
