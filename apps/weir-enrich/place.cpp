#include "place.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace weir_enrich {

namespace {

using text_view = std::string_view;

std::optional<format> format_named(text_view name) {
    if (name == "csv") return format::csv;
    if (name == "jsonl" || name == "json") return format::json_lines;
    if (name == "bin") return format::frames;
    return std::nullopt;
}

[[noreturn]] void refuse(const std::string& text, text_view why) {
    throw usage_error(fmt::format("{}: {}", text, why));
}

std::optional<weir::tcp::when_behind> policy_named(text_view name) {
    using weir::tcp::when_behind;
    if (name == "disconnect") return when_behind::disconnect;
    if (name == "drop-oldest") return when_behind::drop_oldest;
    if (name == "drop-newest") return when_behind::drop_newest;
    if (name == "wait") return when_behind::wait;
    return std::nullopt;
}

/// What stands behind the `?` of an address: `format=jsonl&behind=wait`.
void parse_query(place& p, text_view query, bool is_output) {
    while (!query.empty()) {
        const text_view one = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), one.size() + 1));
        const auto equals = std::min(one.find('='), one.size());
        const text_view key = one.substr(0, equals);
        const text_view value = one.substr(std::min(equals + 1, one.size()));
        if (key == "format") {
            const auto named = format_named(value);
            if (!named || *named == format::csv) refuse(p.text, "say format=bin or format=jsonl");
            p.format = *named;
        } else if (key == "behind" && is_output) {
            const auto named = policy_named(value);
            if (!named) {
                refuse(p.text, "say behind=disconnect, drop-oldest, drop-newest or wait");
            }
            p.behind = *named;
        } else {
            refuse(p.text, fmt::format("there is no setting '{}' here", key));
        }
    }
}

/// `tcp://ADDRESS:PORT`, and `?` with settings.
place parse_tcp(const std::string& text, bool is_output) {
    place p;
    p.kind = place_kind::tcp;
    p.format = format::frames;
    p.text = text;
    text_view rest = text_view(text).substr(6);
    if (const auto question = rest.find('?'); question != rest.npos) {
        parse_query(p, rest.substr(question + 1), is_output);
        rest = rest.substr(0, question);
    }
    const auto colon = rest.rfind(':');
    if (colon == rest.npos || colon == 0) refuse(text, "must be tcp://ADDRESS:PORT");
    const text_view port = rest.substr(colon + 1);
    const char* const end = port.data() + port.size();
    const auto [stop, error] = std::from_chars(port.data(), end, p.port);
    if (error != std::errc() || stop != end) refuse(text, "the port must be from 0 to 65535");
    p.host = rest.substr(0, colon);
    if (p.host.front() == '[' && p.host.back() == ']') p.host = p.host.substr(1, p.host.size() - 2);
    return p;
}

/// `-`, `FILE.csv`, `csv:FILE`.
place parse_file(const std::string& text) {
    place p;
    p.text = text;
    p.path = text;
    std::optional<format> said;
    if (const auto colon = text.find(':'); colon != text.npos) {
        said = format_named(text_view(text).substr(0, colon));
        if (said) p.path = text.substr(colon + 1);
    }
    if (p.path.empty()) refuse(text, "names no file");
    if (p.path == "-") {
        p.kind = place_kind::standard;
        p.format = said.value_or(format::json_lines);
        return p;
    }
    p.kind = place_kind::file;
    if (!said) {
        const auto dot = p.path.rfind('.');
        if (dot != p.path.npos) said = format_named(text_view(p.path).substr(dot + 1));
    }
    if (!said) refuse(text, "must end in .csv, .jsonl or .bin, or say so: csv:FILE");
    p.format = *said;
    return p;
}

}  // namespace

place parse_input(const std::string& text) {
    if (text == "generator") {
        place p;
        p.text = text;
        return p;
    }
    return text.starts_with("tcp://") ? parse_tcp(text, false) : parse_file(text);
}

place parse_output(const std::string& text) {
    place p;
    p.kind = place_kind::standard;
    p.text = text;
    if (text == "table") {
        p.format = format::table;
        return p;
    }
    if (const auto named = format_named(text)) {
        p.format = *named;
        return p;
    }
    return text.starts_with("tcp://") ? parse_tcp(text, true) : parse_file(text);
}

}  // namespace weir_enrich
