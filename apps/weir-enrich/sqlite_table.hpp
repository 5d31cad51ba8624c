/// The tables, from SQLite databases.
#pragma once

#include <weir/connectors/sqlite/database.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "place.hpp"
#include "rows.hpp"
#include "texts.hpp"

namespace weir_enrich {

/// A table of `instrument`s, `account`s or `rate`s in a database that somebody else writes. It is
/// opened for reading only, and its columns are found by the names of the rows' fields.
/// Blocks; one thread at a time.
template <class Row>
class sqlite_table {
public:
    /// Opens nothing yet. `texts` must outlive it.
    sqlite_table(place from, texts& texts) : from_(std::move(from)), texts_(&texts) {}

    /// The whole table, if anything in the database has changed since it was read, or another file
    /// stands in its place; else null. Throws for the first thing that is wrong, and will look at
    /// the database again then: sqlite::database_error, std::runtime_error, whose text names the
    /// file, the table and the cause. So for one that has more rows than `place::most_rows`, or
    /// takes longer to read than `place::within`: a view may have no end. `reading_stopped` when
    /// `stop` is asked for.
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

    place from_;
    texts* texts_;
    identity opened_;
    std::unique_ptr<weir::sqlite::database> database_;
    std::optional<std::int64_t> read_version_;
};

extern template class sqlite_table<instrument>;
extern template class sqlite_table<account>;
extern template class sqlite_table<rate>;

}  // namespace weir_enrich
