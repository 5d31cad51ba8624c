#include "dry_run.hpp"

#include <fmt/format.h>
#include <shared/printable.hpp>
#include <shared/terminal_text.hpp>
#include <weir-load/text.hpp>

#include <algorithm>

namespace weir_load::table_load {

namespace {

using weir_apps::printable;

std::string shown_char(char c) {
    return c == '\t' ? "tab" : fmt::format("'{}'", c);
}

std::string dialect_line(const record_reader& input) {
    const sniffed_dialect& d = input.dialect();
    std::string text = fmt::format("{}: ", input_label(input.path()));
    if (input.packed() != compression::none) text += fmt::format("{}, ", to_string(input.packed()));
    text += fmt::format("encoding {}, delimiter {}, quote {}, line ends {}",
                        to_string(input.text()), shown_char(d.rules.delimiter),
                        d.quotes ? shown_char(d.rules.quote) : "none", d.line_end);
    const bool header = d.rules.header == weir::csv::header::present;
    return text + fmt::format(", {} ({})", header ? "header" : "no header", d.header_why);
}

constexpr std::size_t cell_columns = 24;

std::string shown_cell(const cell& c) {
    return c.visit([](auto value) -> std::string {
        if constexpr (std::is_same_v<decltype(value), std::nullptr_t>) {
            return "NULL";
        } else if constexpr (std::is_same_v<decltype(value), std::string_view>) {
            return "'" + weir_apps::shown(value, cell_columns).text + "'";
        } else {
            return fmt::format("{}", value);
        }
    });
}

std::string first_rows(load_inputs& inputs, const column_plan& plan, const options& o) {
    auto records = inputs.take_first_records();
    if (!records) return "  none\n";
    load_counts counts;
    std::string text;
    constexpr std::uint64_t rows = 5;
    bad_records bad(o, counts, nullptr);
    row_builder builder(plan, inputs.first(), o, bad);
    const row_batch batch = builder.build(std::move(*records), std::min(rows, o.limit));
    for (const loaded_row& row : batch) {
        constexpr std::size_t most = 12;
        text += "  ";
        for (std::size_t i = 0; i != std::min(row.cells.size(), most); ++i) {
            text += (i == 0 ? "" : " | ") + shown_cell(row.cells[i]);
        }
        text += row.cells.size() > most ? " | ...\n" : "\n";
    }
    return text.empty() ? "  none\n" : text;
}

std::string plan_line(const std::vector<existing_column>* there, const options& o) {
    const std::string table = fmt::format("table {} of {}", o.table, o.database.string());
    if (!there) return fmt::format("create the {}, when all rows are there", table);
    switch (o.mode) {
        case write_mode::create:
            return fmt::format("the {} is there already: this load would be refused", table);
        case write_mode::append:
            return fmt::format("add rows to the {}", table);
        case write_mode::truncate:
            return fmt::format("delete all rows of the {} and add new ones, in one transaction",
                               table);
        case write_mode::replace:
            return fmt::format("put a new table in the place of the {}, when all rows are there",
                               table);
        case write_mode::ignore:
            return fmt::format("add rows to the {}, but those whose key is taken", table);
        case write_mode::upsert:
            return fmt::format("add rows to the {}, in the place of those of the same key", table);
    }
    return {};
}

}  // namespace

std::string dry_run_text(load_inputs& inputs, const column_plan& plan, const input_survey& survey,
                         const std::vector<existing_column>* there, const options& o) {
    std::string text = printable(dialect_line(inputs.first())) + "\n";
    if (inputs.size() > 1) text += fmt::format("and {} more\n", inputs.size() - 1);
    text += fmt::format("\ncolumns, by {}:\n", counted(survey.records, "record", "records"));
    std::size_t widest = 4;
    for (const target_column& t : plan.targets) {
        widest = std::max(widest, std::min<std::size_t>(t.name.size(), cell_columns));
    }
    for (const target_column& t : plan.targets) {
        text += fmt::format("  {:{}}  {:9}  {}\n", weir_apps::shown(t.name, cell_columns).text,
                            widest, to_string(t.rules.type), printable(t.why));
    }
    for (const std::string& note : plan.notes) text += "  " + printable(note) + "\n";
    const bool makes = !there || o.mode == write_mode::replace;
    text += "\nSQL:\n";
    for (const std::string& sql : o.before) text += "  " + printable(sql) + ";\n";
    if (makes) text += "  " + printable(describe(plan, o).create_sql()) + ";\n";
    for (const std::string& sql : index_sql(plan, o)) text += "  " + printable(sql) + ";\n";
    for (const std::string& sql : o.after) text += "  " + printable(sql) + ";\n";
    text += "\nfirst rows:\n" + first_rows(inputs, plan, o);
    return text + "\nplan: " + printable(plan_line(there, o)) + "\n";
}

}  // namespace weir_load::table_load
