/// Updates of tables, as others send and write them.
#pragma once

#include <weir/sources/any_stream.hpp>

#include "rows.hpp"
#include "slow_tables.hpp"

namespace weir_enrich {

// For accounts and rates. The records are `change_of<Row>` (changes.hpp), as JSON lines or frames.
// One that cannot be read or makes no sense is told in the log with its place and cause, counted,
// and left out.

/// Updates from a file, which is followed as it grows. It begins with the whole table, and so does
/// one that takes its place: until that is complete, the table of before stays in use.
/// Errors: std::system_error, which names the file, when it cannot be opened; later ones end the
/// stream.
template <class Row>
weir::any_stream<update_of<Row>> follow_updates(const table_setting& s);

/// Updates from a port, for any number of clients. A client that goes away in the middle of a
/// snapshot has said nothing.
/// Errors: as `open_port`.
template <class Row>
weir::any_stream<update_of<Row>> receive_updates(const table_setting& s);

}  // namespace weir_enrich
