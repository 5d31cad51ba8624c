/// Which columns a load fills, and from what.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "map_expression.hpp"
#include "record_reader.hpp"
#include "table_load_options.hpp"
#include "value_parser.hpp"

namespace weir_load::table_load {

/// A column that is filled.
struct target_column {
    std::string name;
    std::size_t source = 0;  ///< which column of the input; of no meaning with `map`
    map_expression_ptr map;
    value_rules rules;
    std::string why;  ///< why it is of its type
};

/// Made from the first input; the other ones are fitted to it.
struct column_plan {
    std::vector<std::string> sources;  ///< the names of the columns of the first input
    bool named = false;                ///< by a header, so that other inputs go by names
    std::vector<target_column> targets;
    std::optional<date_format> dates;
    std::vector<std::string> notes;  ///< what was done with names, a sentence each

    column_plan() = default;
    column_plan(const column_plan&) = delete;
    column_plan& operator=(const column_plan&) = delete;
    column_plan(column_plan&&) = delete;
    column_plan& operator=(column_plan&&) = delete;
};

/// No field: the input lacks the column.
inline constexpr std::size_t no_field = static_cast<std::size_t>(-1);

/// Names the columns of the first input and applies --columns, --select, --rename, --map, --type.
/// Throws usage_error and csv::file_error.
void make_plan(column_plan& plan, const record_reader& first, const options& o);

/// Where in a record of `input` the columns `sources` stand. Throws csv::file_error for an input
/// that lacks columns, or has others, and no option allows it.
std::vector<std::size_t> fit_input(const column_plan& plan, const record_reader& input,
                                   const options& o);

/// The column of this name; letters are compared as SQLite does.
std::optional<std::size_t> find_name(const std::vector<std::string>& names,
                                     const std::string& name);

/// `a, b and 3 more`
std::string listed(const std::vector<std::string>& names);

}  // namespace weir_load::table_load
