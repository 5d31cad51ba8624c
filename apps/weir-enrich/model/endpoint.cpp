#include "endpoint.hpp"

#include <weir/core/asio.hpp>

#include <asio.hpp>
#include <fmt/format.h>
#include <shared/duration.hpp>

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

std::optional<weir::overflow> policy_named(text_view name) {
    using weir::overflow;
    if (name == "disconnect") return overflow::disconnect;
    if (name == "drop-oldest") return overflow::drop_oldest;
    if (name == "drop-newest") return overflow::drop_newest;
    if (name == "wait") return overflow::wait;
    return std::nullopt;
}

/// Removes the settings after the `?`: `format=jsonl&behind=wait`. Calls `set(key, value)` for
/// each; `set` returns false if there is no such setting.
template <class Set>
text_view take_settings(text_view rest, const std::string& text, Set set) {
    const auto question = rest.rfind('?');
    if (question == rest.npos) return rest;
    text_view query = rest.substr(question + 1);
    while (!query.empty()) {
        const text_view one = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), one.size() + 1));
        const auto equals = std::min(one.find('='), one.size());
        const text_view key = one.substr(0, equals);
        const text_view value = one.substr(std::min(equals + 1, one.size()));
        if (!set(key, value)) refuse(text, fmt::format("there is no setting '{}' here", key));
    }
    return rest.substr(0, question);
}

/// A whole number of at least 1.
std::uint64_t number_of(const std::string& text, text_view key, text_view value) {
    std::uint64_t number = 0;
    const char* const end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc() || stop != end || number == 0) {
        refuse(text, fmt::format("{}: must be a whole number of at least 1", key));
    }
    return number;
}

/// `tcp://ADDRESS:PORT`, with settings after a `?`.
endpoint parse_tcp(const std::string& text, bool is_output) {
    endpoint p;
    p.kind = endpoint_kind::tcp;
    p.format = format::frames;
    p.text = text;
    const auto set = [&](text_view key, text_view value) {
        if (key == "format") {
            const auto named = format_named(value);
            if (!named || *named == format::csv) refuse(text, "say format=bin or format=jsonl");
            p.format = *named;
        } else if (key == "behind" && is_output) {
            const auto named = policy_named(value);
            if (!named) refuse(text, "say behind=disconnect, drop-oldest, drop-newest or wait");
            p.behind = *named;
        } else if (key == (is_output ? "max_subscribers" : "max_clients")) {
            constexpr std::uint64_t most = 100'000;
            p.most = number_of(text, key, value);
            if (p.most > most) refuse(text, fmt::format("{}: must be at most {}", key, most));
        } else if (key == "idle") {
            const auto limit = weir_apps::parse_duration(value);
            if (!limit) refuse(text, "say idle=60s, 5m or so");
            p.idle = *limit;
        } else {
            return false;
        }
        return true;
    };
    const text_view rest = take_settings(text_view(text).substr(6), text, set);
    const auto colon = rest.rfind(':');
    if (colon == rest.npos || colon == 0) refuse(text, "must be tcp://ADDRESS:PORT");
    const text_view port = rest.substr(colon + 1);
    const char* const end = port.data() + port.size();
    const auto [stop, error] = std::from_chars(port.data(), end, p.port);
    if (error != std::errc() || stop != end) refuse(text, "the port must be from 0 to 65535");
    p.host = rest.substr(0, colon);
    if (p.host.front() == '[' && p.host.back() == ']') p.host = p.host.substr(1, p.host.size() - 2);
    asio::error_code none;
    asio::ip::make_address(p.host, none);
    if (none) refuse(text, p.host + " is no address, such as 127.0.0.1");
    return p;
}

/// `sqlite:FILE?table=NAME`. For a table that is read, also the interval between checks for
/// changes.
endpoint parse_sqlite(const std::string& text, bool is_output) {
    endpoint p;
    p.kind = endpoint_kind::sqlite;
    p.text = text;
    const auto set = [&](text_view key, text_view value) {
        if (key == "table") {
            p.table = value;
        } else if (key == "every" && !is_output) {
            const auto period = weir_apps::parse_duration(value);
            if (!period || period->count() == 0) refuse(text, "say every=1s, 500ms or so");
            p.every = *period;
        } else if (key == "within" && !is_output) {
            const auto limit = weir_apps::parse_duration(value);
            if (!limit || limit->count() == 0) refuse(text, "say within=5m, 30s or so");
            p.within = *limit;
        } else if (key == "max_rows" && !is_output) {
            p.most_rows = number_of(text, key, value);
        } else {
            return false;
        }
        return true;
    };
    p.path = take_settings(text_view(text).substr(7), text, set);
    if (p.path.empty()) refuse(text, "names no file");
    if (p.table.empty()) refuse(text, "names no table: sqlite:FILE?table=NAME");
    return p;
}

/// `-`, `FILE.csv`, `csv:FILE`.
endpoint parse_file(const std::string& text) {
    endpoint p;
    p.text = text;
    p.path = text;
    std::optional<format> said;
    if (const auto colon = text.find(':'); colon != text.npos) {
        said = format_named(text_view(text).substr(0, colon));
        if (said) p.path = text.substr(colon + 1);
    }
    if (p.path.empty()) refuse(text, "names no file");
    if (p.path == "-") {
        p.kind = endpoint_kind::standard;
        p.format = said.value_or(format::json_lines);
        return p;
    }
    p.kind = endpoint_kind::file;
    if (!said) {
        const auto dot = p.path.rfind('.');
        if (dot != p.path.npos) said = format_named(text_view(p.path).substr(dot + 1));
    }
    if (!said) refuse(text, "must end in .csv, .jsonl or .bin, or say so: csv:FILE");
    p.format = *said;
    return p;
}

}  // namespace

endpoint parse_input(const std::string& text) {
    if (text == "generator") {
        endpoint p;
        p.text = text;
        return p;
    }
    return text.starts_with("tcp://") ? parse_tcp(text, false) : parse_file(text);
}

endpoint parse_table(const std::string& text) {
    if (text.starts_with("sqlite:")) return parse_sqlite(text, false);
    endpoint p = parse_input(text);
    if (p.kind == endpoint_kind::standard) refuse(text, "a table does not come by standard input");
    return p;
}

endpoint parse_output(const std::string& text) {
    endpoint p;
    p.kind = endpoint_kind::standard;
    p.text = text;
    if (text == "table") {
        p.format = format::table;
        return p;
    }
    if (const auto named = format_named(text)) {
        p.format = *named;
        return p;
    }
    if (text.starts_with("sqlite:")) return parse_sqlite(text, true);
    return text.starts_with("tcp://") ? parse_tcp(text, true) : parse_file(text);
}

}  // namespace weir_enrich
