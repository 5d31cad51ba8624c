/// Output to a table of a SQLite database.
#pragma once

#include <weir/connectors/sqlite/batch_writer.hpp>
#include <weir/connectors/sqlite/database.hpp>
#include <weir/connectors/sqlite/row.hpp>

#include <weir-enrich/model/counts.hpp>
#include <weir-enrich/model/endpoint.hpp>
#include <weir-enrich/model/enriched_trade.hpp>
#include <weir-enrich/model/string_pool.hpp>
#include <weir-enrich/outputs/trade_chunk.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace weir_enrich {

/// A trade that waits for its transaction, longer than its chunk exists.
struct stored_trade {
    enriched_trade what;
    string_pin strings;
};
std::vector<stored_trade> to_store(const trade_chunk& chunk);

/// The values in the order of the fields.
void bind_row(weir::sqlite::row_binder& row, const stored_trade& t);

/// A table with a column for each field of an enriched trade. Creates the table, or adds to an
/// existing one. Errors: sqlite::database_error, which names the file and the cause, also if the
/// table lacks a column.
class sqlite_output {
public:
    /// The maximum size of a transaction, and how long a trade waits for it.
    static constexpr std::size_t rows_a_commit = 10'000;
    static constexpr std::chrono::milliseconds longest_wait{200};

    explicit sqlite_output(const endpoint& to);

    weir::sqlite::database& database() noexcept { return database_; }
    const std::string& table() const noexcept { return table_; }
    const std::vector<std::string>& columns() const noexcept { return columns_; }
    /// One transaction for each batch. Committed trades are counted in `written`, which must
    /// outlive it. A trade that the table refuses ends the run.
    weir::sqlite::batch_writer_options<stored_trade> options(counter& written) const;

private:
    weir::sqlite::database database_;
    std::string table_;
    std::vector<std::string> columns_;
};

}  // namespace weir_enrich
