#include "column_plan.hpp"

#include <weir/connectors/csv/file_reader.hpp>
#include <weir/connectors/sqlite/sql_words.hpp>
#include <weir/core/utf8.hpp>

#include <fmt/format.h>
#include <shared/exit_code.hpp>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace weir_load::table_load {

namespace {

namespace csv = weir::csv;
using weir_apps::usage_error;

std::string trimmed_name(const std::string& name) {
    const auto first = name.find_first_not_of(" \t");
    if (first == name.npos) return {};
    return name.substr(first, name.find_last_not_of(" \t") - first + 1);
}

std::string folded(std::string name) {
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return name;
}

/// Names that can be columns of one table: none empty, none twice.
std::vector<std::string> usable_names(const std::filesystem::path& file,
                                      const std::vector<std::string>& given,
                                      std::vector<std::string>& notes) {
    std::vector<std::string> names;
    std::unordered_set<std::string> taken;
    for (const std::string& raw : given) {
        if (!weir::is_utf8(raw) || raw.find('\0') != raw.npos) {
            throw csv::file_error(
                file, fmt::format("the name of column {} is no UTF-8 text: say --encoding",
                                  names.size() + 1));
        }
        std::string name = trimmed_name(raw);
        if (name.empty()) name = fmt::format("column{}", names.size() + 1);
        const std::string wanted = name;
        for (int n = 2; !taken.insert(folded(name)).second; ++n) {
            name = fmt::format("{}_{}", wanted, n);
        }
        if (name != wanted) {
            notes.push_back(fmt::format("the header has {} more than once: column {} is called {}",
                                        wanted, names.size() + 1, name));
        }
        names.push_back(std::move(name));
    }
    return names;
}

std::vector<std::string> numbered_names(std::size_t count) {
    std::vector<std::string> names;
    for (std::size_t i = 1; i <= count; ++i) names.push_back(fmt::format("column{}", i));
    return names;
}

void name_sources(column_plan& plan, const record_reader& first, const options& o) {
    if (!first.columns()) throw csv::file_error(first.path(), "its first record cannot be read");
    const csv::columns& columns = *first.columns();
    plan.named = !columns.names().empty() && o.columns.empty();
    if (plan.named) {
        plan.sources = usable_names(first.path(), columns.names(), plan.notes);
        return;
    }
    if (o.columns.empty()) {
        plan.sources = numbered_names(columns.size());
        return;
    }
    if (o.columns.size() != columns.size()) {
        throw usage_error(fmt::format("--columns names {} columns, and {} has {}", o.columns.size(),
                                      input_label(first.path()), columns.size()));
    }
    plan.sources = o.columns;
}

/// Index of a column of the input that an option names.
std::size_t named_source(const column_plan& plan, const char* option, const std::string& name) {
    if (const auto found = find_name(plan.sources, name)) return *found;
    throw usage_error(fmt::format("{} {}: there is no such column; there are {}", option, name,
                                  listed(plan.sources)));
}

target_column& named_target(column_plan& plan, const char* option, const std::string& name) {
    for (target_column& target : plan.targets) {
        if (weir::sqlite::same_name(target.name, name)) return target;
    }
    std::vector<std::string> names;
    names.reserve(plan.targets.size());
    for (const target_column& target : plan.targets) names.push_back(target.name);
    throw usage_error(
        fmt::format("{} {}: no such column is loaded; there are {}", option, name, listed(names)));
}

void add_map(column_plan& plan, const named_value& map) {
    auto compiled = compile_map(map.second, plan.sources);
    for (target_column& target : plan.targets) {
        if (!weir::sqlite::same_name(target.name, map.first)) continue;
        target.map = std::move(compiled);
        return;
    }
    target_column added;
    added.name = map.first;
    added.map = std::move(compiled);
    plan.targets.push_back(std::move(added));
}

void select_targets(column_plan& plan, const options& o) {
    std::vector<std::size_t> chosen;
    chosen.reserve(std::max(o.select.size(), plan.sources.size()));
    for (const std::string& name : o.select) {
        chosen.push_back(named_source(plan, "--select", name));
    }
    if (o.select.empty()) {
        for (std::size_t i = 0; i != plan.sources.size(); ++i) chosen.push_back(i);
    }
    for (const std::size_t source : chosen) {
        target_column target;
        target.name = plan.sources[source];
        target.source = source;
        plan.targets.push_back(std::move(target));
    }
    for (const auto& [from, to] : o.rename) named_target(plan, "--rename", from).name = to;
}

void check_targets(const column_plan& plan) {
    std::unordered_set<std::string> names;
    for (const target_column& target : plan.targets) {
        if (!names.insert(folded(target.name)).second) {
            throw usage_error(
                fmt::format("two columns would be called {}: --rename or --select", target.name));
        }
    }
}

}  // namespace

std::optional<std::size_t> find_name(const std::vector<std::string>& names,
                                     const std::string& name) {
    const auto found = std::ranges::find_if(
        names, [&name](const std::string& n) { return weir::sqlite::same_name(n, name); });
    if (found == names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names.begin());
}

std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t most = 12;
    std::string text;
    for (std::size_t i = 0; i != std::min(names.size(), most); ++i) {
        text += (i == 0 ? "" : ", ") + names[i];
    }
    if (names.size() > most) text += fmt::format(" and {} more", names.size() - most);
    return text;
}

void make_plan(column_plan& plan, const record_reader& first, const options& o) {
    if (!o.date_format.empty()) plan.dates.emplace(o.date_format);
    name_sources(plan, first, o);
    select_targets(plan, o);
    for (const named_value& map : o.map) add_map(plan, map);
    check_targets(plan);
    for (target_column& target : plan.targets) {
        if (!target.map) continue;
        if (const auto type = target.map->type()) {
            target.rules.type = *type;
            target.rules.told = true;
            target.why = "--map";
        }
    }
    for (const auto& [name, type] : o.types) {
        target_column& target = named_target(plan, "--type", name);
        target.rules.type = type;
        target.rules.told = true;
        target.why = "--type";
    }
}

std::vector<std::size_t> fit_input(const column_plan& plan, const record_reader& input,
                                   const options& o) {
    if (!input.columns()) throw csv::file_error(input.path(), "its first record cannot be read");
    const csv::columns& columns = *input.columns();
    std::vector<std::size_t> fields(plan.sources.size(), no_field);
    if (!plan.named || columns.names().empty()) {
        if (columns.size() != fields.size()) {
            throw csv::file_error(input.path(), fmt::format("it has {} columns, and {} are loaded",
                                                            columns.size(), fields.size()));
        }
        for (std::size_t i = 0; i != fields.size(); ++i) fields[i] = i;
        return fields;
    }
    std::vector<std::string> notes;
    const auto names = usable_names(input.path(), columns.names(), notes);
    std::unordered_map<std::string, std::size_t> source_of;
    for (std::size_t i = 0; i != plan.sources.size(); ++i) source_of[folded(plan.sources[i])] = i;
    std::vector<std::string> extra;
    for (std::size_t i = 0; i != names.size(); ++i) {
        if (const auto found = source_of.find(folded(names[i])); found != source_of.end()) {
            fields[found->second] = i;
        } else {
            extra.push_back(names[i]);
        }
    }
    std::vector<std::string> missing;
    for (std::size_t i = 0; i != fields.size(); ++i) {
        if (fields[i] == no_field) missing.push_back(plan.sources[i]);
    }
    if (!missing.empty() && !o.missing_columns_null) {
        throw csv::file_error(
            input.path(),
            fmt::format("it lacks columns of the first file: {} (--missing-columns null loads "
                        "NULL for them)",
                        listed(missing)));
    }
    if (!extra.empty() && !o.extra_columns_ignored) {
        throw csv::file_error(
            input.path(),
            fmt::format("it has columns that the first file lacks: {} (--extra-columns ignore "
                        "leaves them out)",
                        listed(extra)));
    }
    return fields;
}

}  // namespace weir_load::table_load
