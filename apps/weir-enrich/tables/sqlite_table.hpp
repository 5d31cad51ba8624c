/// The tables, from SQLite databases.
#pragma once

#include <weir/connectors/sqlite/database.hpp>

#include <weir-enrich/model/endpoint.hpp>
#include <weir-enrich/model/rows.hpp>
#include <weir-enrich/model/string_pool.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace weir_enrich {

/// A table of `instrument`s, `account`s or `rate`s in a database that other programs write. It is
/// opened for reading only. The names of the rows' fields are the names of the columns.
/// Blocks; one thread at a time.
template <class Row>
class sqlite_table {
public:
    /// Opens nothing yet. `strings` must outlive it.
    sqlite_table(endpoint from, string_pool& strings)
        : from_(std::move(from)), strings_(&strings) {}

    /// The whole table, if the database has changed since the last call or the file was replaced;
    /// else null. Throws at the first invalid row; the next call then reads the table again.
    /// Errors: sqlite::database_error, std::runtime_error, whose text names the file, the table and
    /// the cause; also if the table has more rows than `endpoint::most_rows` or takes longer than
    /// `endpoint::within`, because a view may be endless. `reading_stopped` after a stop request.
    std::shared_ptr<table_of<Row>> read_if_changed(const std::stop_token& stop = {});

private:
    struct identity {
        std::uint64_t device = 0;
        std::uint64_t file = 0;
        friend bool operator==(const identity&, const identity&) = default;
    };

    class read_limit;

    identity look() const;
    void open_again(const identity& there);
    std::int64_t version();
    std::shared_ptr<table_of<Row>> read(const std::stop_token& stop);

    endpoint from_;
    string_pool* strings_;
    identity opened_;
    std::unique_ptr<weir::sqlite::database> database_;
    std::optional<std::int64_t> read_version_;
};

extern template class sqlite_table<instrument>;
extern template class sqlite_table<account>;
extern template class sqlite_table<rate>;

}  // namespace weir_enrich
