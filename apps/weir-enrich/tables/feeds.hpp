/// Updates of tables from files and clients.
#pragma once

#include <weir/sources/any_stream.hpp>

#include <weir-enrich/model/rows.hpp>
#include <weir-enrich/tables/changing_tables.hpp>

namespace weir_enrich {

// For accounts and rates. The records are `change_of<Row>` (table_changes.hpp), as JSON lines or
// frames. An invalid record is left out, counted, and logged with its position and cause.

/// Updates from a file, which is followed as it grows. A file begins with the whole table, and so
/// does a file that replaces it. Until the new table is complete, the old one stays in use.
/// Errors: std::system_error, which names the file, if it cannot be opened; later errors end the
/// stream.
template <class Row>
weir::any_stream<update_of<Row>> follow_updates(const table_setting& s);

/// Updates from a port, for any number of clients. If a client disconnects before `complete`, its
/// snapshot is discarded.
/// Errors: as `open_port`.
template <class Row>
weir::any_stream<update_of<Row>> receive_updates(const table_setting& s);

}  // namespace weir_enrich
