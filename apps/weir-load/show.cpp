#include "show.hpp"

#include <weir/connectors/sqlite/database.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "incomplete_mark.hpp"
#include "text.hpp"
#include "uuid.hpp"

namespace weir_load {

namespace {

namespace sqlite = weir::sqlite;

using cells = std::array<std::string, 5>;

/// The id as a UUID; whatever else may stand there, as it is.
std::string id_text(sqlite::statement& row) {
    if (row.type(0) != sqlite::value_type::blob) return std::string(to_string(row.type(0)));
    const auto bytes = row.get<std::span<const std::byte>>(0);
    uuid id{};
    if (bytes.size() != id.size()) return fmt::format("BLOB of {} bytes", bytes.size());
    std::ranges::transform(bytes, id.begin(),
                           [](std::byte b) { return std::to_integer<unsigned char>(b); });
    return to_string(id);
}

std::vector<cells> first_people(sqlite::database& db, std::uint64_t most) {
    std::vector<cells> table = {{"id", "first_name", "last_name", "age", "email"}};
    auto select = db.prepare(
        "SELECT id, CAST(first_name AS TEXT), CAST(last_name AS TEXT), CAST(age AS TEXT), "
        "CAST(email AS TEXT) FROM people ORDER BY rowid LIMIT ?",
        "read people");
    select.bind(1, most);
    while (select.step()) {
        cells row{id_text(select)};
        for (int i = 1; i < 5; ++i) {
            row[static_cast<std::size_t>(i)] =
                select.get<std::optional<std::string>>(i).value_or("NULL");
        }
        table.push_back(std::move(row));
    }
    return table;
}

/// What would move the cursor, or worse, on a terminal is not printed as it is.
std::string printable(std::string text) {
    std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
    return text;
}

void print(const std::vector<cells>& table) {
    std::array<std::size_t, 5> widths{};
    for (const cells& row : table) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    for (const cells& row : table) {
        std::string line;
        for (std::size_t i = 0; i + 1 < row.size(); ++i) {
            line += fmt::format("{:{}}  ", printable(row[i]), widths[i]);
        }
        fmt::print("{}{}\n", line, printable(row.back()));
    }
}

}  // namespace

exit_code show(const show_options& options) {
    sqlite::database_options reading;
    reading.read_only = true;
    sqlite::database db(options.database, reading);
    if (!has_table(db, "people")) {
        spdlog::error(
            "{} has no table people{}", options.database.string(),
            has_table(db, "people (loading)") ? ": a load of it did not come to its end" : "");
        return exit_code::failure;
    }
    const auto rows = static_cast<std::uint64_t>(db.row_count("people"));
    fmt::print("{}: {}", options.database.string(), counted(rows, "row", "rows"));
    if (const auto mark = find_mark(db)) {
        fmt::print(", INCOMPLETE: the load was interrupted, {} goes on at line {} (byte {})",
                   mark->input, mark->next.line, mark->next.offset);
    }
    fmt::print("\n");
    if (options.rows != 0 && rows != 0) print(first_people(db, options.rows));
    return exit_code::success;
}

}  // namespace weir_load
