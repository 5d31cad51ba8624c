#include "show.hpp"

#include <weir/connectors/sqlite/database.hpp>
#include <weir/connectors/sqlite/table_lock.hpp>

#include <fmt/format.h>
#include <shared/terminal_text.hpp>
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

using weir_apps::shown;
using weir_apps::shown_text;
using cells = std::array<std::string, 5>;

/// The largest width of a field in columns, and the longest file name to print.
constexpr std::size_t widest = 48;
constexpr std::size_t longest_path = 4096;

/// The id as a UUID; any other value as it is.
std::string id_text(sqlite::statement& row) {
    if (row.type(0) != sqlite::value_type::blob) return std::string(to_string(row.type(0)));
    const auto bytes = row.get<std::span<const std::byte>>(0);
    uuid id{};
    if (bytes.size() != id.size()) return fmt::format("BLOB of {} bytes", bytes.size());
    std::ranges::transform(bytes, id.begin(),
                           [](std::byte b) { return std::to_integer<unsigned char>(b); });
    return to_string(id);
}

/// Whether people has rows in a fixed order: it is neither a view nor a table WITHOUT ROWID.
bool has_rowid(sqlite::database& db) {
    try {
        db.prepare("SELECT rowid FROM people");
        return true;
    } catch (const sqlite::database_error&) {
        return false;
    }
}

std::vector<cells> first_people(sqlite::database& db, std::uint64_t most) {
    std::vector<cells> table = {{"id", "first_name", "last_name", "age", "email"}};
    // Reads no more of a field than can be shown, however long the field is.
    auto select = db.prepare(
        "SELECT id, substr(CAST(first_name AS TEXT), 1, ?2), substr(CAST(last_name AS TEXT), 1, "
        "?2), "
        "substr(CAST(age AS TEXT), 1, ?2), substr(CAST(email AS TEXT), 1, ?2) FROM people" +
            std::string(has_rowid(db) ? " ORDER BY rowid" : "") + " LIMIT ?1",
        "read people");
    select.bind_all(most, 4 * widest);
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

void print(const std::vector<cells>& table) {
    std::vector<std::array<shown_text, 5>> rows;
    std::array<std::size_t, 5> widths{};
    for (const cells& row : table) {
        auto& line = rows.emplace_back();
        for (std::size_t i = 0; i < row.size(); ++i) {
            line[i] = shown(row[i], widest);
            widths[i] = std::max(widths[i], line[i].columns);
        }
    }
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i + 1 < row.size(); ++i) {
            line += row[i].text + std::string(widths[i] - row[i].columns + 2, ' ');
        }
        fmt::print("{}{}\n", line, row.back().text);
    }
}

constexpr const char* staged = "people (loading)";

/// Explains the table of a load that has not ended; empty when there is none.
std::string load_under_way(sqlite::database& db, const std::filesystem::path& database) {
    if (!has_table(db, staged)) return {};
    if (const auto holder = sqlite::table_lock::holder(database, "people")) {
        return fmt::format("a load of it is under way: {}", *holder);
    }
    return "a load of it did not come to its end";
}

}  // namespace

exit_code show(const show_options& options) {
    sqlite::database_options reading;
    reading.read_only = true;
    sqlite::database db(options.database, reading);
    const std::string loading = load_under_way(db, options.database);
    if (!has_table(db, "people")) {
        spdlog::error("{} has no table people{}{}", options.database.string(),
                      loading.empty() ? "" : ": ", loading);
        return exit_code::failure;
    }
    const auto rows = static_cast<std::uint64_t>(db.row_count("people"));
    fmt::print("{}: {}", options.database.string(), counted(rows, "row", "rows"));
    if (const auto mark = find_mark(db)) {
        fmt::print(", INCOMPLETE: the load was interrupted, {} goes on at line {} (byte {})",
                   shown(mark->input, longest_path).text, mark->next.line, mark->next.offset);
    }
    fmt::print("\n");
    if (!loading.empty()) {
        const auto left = static_cast<std::uint64_t>(db.row_count(staged));
        fmt::print("The table \"{}\" has {}: {}; the next load removes it\n", staged,
                   counted(left, "row", "rows"), loading);
    }
    if (options.rows != 0 && rows != 0) print(first_people(db, options.rows));
    return exit_code::success;
}

}  // namespace weir_load
