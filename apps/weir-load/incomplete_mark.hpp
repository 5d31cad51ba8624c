/// The mark of a table people that lacks a part of its input.
#pragma once

#include <weir/connectors/csv/position.hpp>
#include <weir/connectors/sqlite/database.hpp>

#include <optional>
#include <string>

namespace weir_load {

/// The position at which a load was ended early. It is a table of one row beside people, whose name
/// says what it means. A complete load has none.
struct incomplete_mark {
    static constexpr const char* table = "people is incomplete";

    std::string input;
    weir::csv::position next;  ///< the begin of the records that are not in the table
};

/// Each throws sqlite::database_error. The mark is put or removed in the transaction that publishes
/// the table, so table and mark always agree.
void put_mark(weir::sqlite::database& db, const incomplete_mark& mark);
void remove_mark(weir::sqlite::database& db);
std::optional<incomplete_mark> find_mark(weir::sqlite::database& db);

/// Whether there is a table (or a view) of that name.
bool has_table(weir::sqlite::database& db, std::string_view name);

}  // namespace weir_load
