#include <weir/connectors/csv/file_reader.hpp>
#include <weir/core/utf8.hpp>

#include <fmt/format.h>
#include <shared/header.hpp>
#include <shared/printable.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace weir_apps {

namespace {

namespace csv = weir::csv;
using names = std::vector<std::string>;

/// The first few names, in quotes and shortened. A NUL would end the message.
template <class Names>
std::string listed(const Names& all) {
    constexpr std::size_t most = 20;
    constexpr std::size_t longest = 100;
    std::string list;
    std::size_t count = 0;
    for (const std::string_view name : all) {
        if (count++ == most) return fmt::format("{} and {} more", list, all.size() - most);
        list += fmt::format("{}\"{}\"{}", list.empty() ? "" : ", ",
                            printable(name.substr(0, longest)), name.size() > longest ? "..." : "");
    }
    return list;
}

std::string shown(char delimiter) {
    return delimiter == '\t' ? "\\t" : std::string(1, delimiter);
}

/// The likely delimiter of a header that has only one field; NUL if there is none.
char other_delimiter(const names& there, char delimiter) {
    if (there.size() != 1) return '\0';
    constexpr std::string_view candidates = ";\t|,:";
    const auto seen = [&](char c) { return std::ranges::count(there.front(), c); };
    const char best = *std::ranges::max_element(candidates, {}, seen);
    return best != delimiter && seen(best) != 0 ? best : '\0';
}

/// The name in lower case, without spaces around it.
std::string plain(std::string_view name) {
    const auto begin = std::min(name.find_first_not_of(" \t"), name.size());
    std::string text(name.substr(begin, name.find_last_not_of(" \t") + 1 - begin));
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// The likely reason why a header lacks columns, if there is one.
std::string hint(const names& there, const std::vector<std::string_view>& missing,
                 const header_rules& rules) {
    if (const char c = other_delimiter(there, rules.delimiter); c != '\0') {
        if (rules.delimiter_option.empty()) {
            return fmt::format("; '{}' seems to separate its fields, and it must be '{}'", shown(c),
                               shown(rules.delimiter));
        }
        return fmt::format("; '{}' seems to separate its fields: say {} '{}'", shown(c),
                           rules.delimiter_option, shown(c));
    }
    for (const std::string& name : there) {
        if (name.find('\0') != name.npos) return "; this looks like UTF-16 and must be UTF-8";
        if (!weir::is_utf8(name)) return "; its names are not all UTF-8";
        for (const std::string_view lacking : missing) {
            if (plain(name) == lacking) {
                return fmt::format("; \"{}\" is not \"{}\": spaces and capitals count",
                                   printable(name), lacking);
            }
        }
    }
    return {};
}

}  // namespace

std::vector<std::size_t> find_named(const std::filesystem::path& file, const csv::columns& columns,
                                    std::span<const std::string_view> wanted,
                                    const header_rules& rules) {
    std::vector<std::size_t> found;
    std::vector<std::string_view> missing;
    const names& there = columns.names();
    for (const std::string_view name : wanted) {
        const auto at = columns.find(name);
        if (!at) {
            missing.push_back(name);
            continue;
        }
        if (std::ranges::count(there, name) > 1) {
            throw csv::file_error(file, fmt::format("the header names \"{}\" twice", name));
        }
        found.push_back(*at);
    }
    if (missing.empty()) return found;
    throw csv::file_error(
        file, fmt::format("the header lacks {}: it must name {}, and names {}{}", listed(missing),
                          listed(wanted), listed(there), hint(there, missing, rules)));
}

}  // namespace weir_apps
