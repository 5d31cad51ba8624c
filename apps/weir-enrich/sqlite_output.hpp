/// A table of a SQLite database as a place for enriched trades.
#pragma once

#include <weir/connectors/sqlite/batch_writer.hpp>
#include <weir/connectors/sqlite/database.hpp>
#include <weir/connectors/sqlite/row.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "counts.hpp"
#include "enriched_trade.hpp"
#include "place.hpp"
#include "texts.hpp"
#include "trade_run.hpp"

namespace weir_enrich {

/// A trade that waits for its transaction, longer than the run that it came in is there.
struct stored_trade {
    enriched_trade what;
    text_hold texts;
};
std::vector<stored_trade> to_store(const trade_run& run);

/// The values in the order of the fields.
void bind_row(weir::sqlite::row_binder& row, const stored_trade& t);

/// A table with a column for each field of an enriched trade: made when the database has none of
/// this name, else added to. Errors: sqlite::database_error, which names the file and the cause,
/// also for a table that lacks a column.
class sqlite_output {
public:
    /// What a transaction holds at the most, and how long a trade waits for it.
    static constexpr std::size_t rows_a_commit = 10'000;
    static constexpr std::chrono::milliseconds longest_wait{200};

    explicit sqlite_output(const place& to);

    weir::sqlite::database& database() noexcept { return database_; }
    const std::string& table() const noexcept { return table_; }
    const std::vector<std::string>& columns() const noexcept { return columns_; }
    /// A transaction a batch. What is committed is counted in `written`, which must outlive it. A
    /// trade that the table refuses ends the run: what is there is all there was.
    weir::sqlite::batch_writer_options<stored_trade> options(counter& written) const;

private:
    weir::sqlite::database database_;
    std::string table_;
    std::vector<std::string> columns_;
};

}  // namespace weir_enrich
