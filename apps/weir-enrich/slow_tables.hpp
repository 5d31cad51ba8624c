/// The tables that change while trades pass.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/sources/any_stream.hpp>

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string_view>

#include "connections.hpp"
#include "place.hpp"
#include "rows.hpp"
#include "table_state.hpp"
#include "texts.hpp"

namespace weir_enrich {

struct slow_table_options {
    place from;
    std::uint64_t seed = 1;
    std::uint64_t changes_a_second = 0;  ///< of the generator
};

/// What a table is opened with. `texts`, `state` and `connections` must outlive the stream.
struct table_setting {
    std::string_view name;  ///< "accounts", for the log
    const slow_table_options& options;
    const asio::any_io_executor& executor;
    weir_enrich::texts& texts;
    table_state& state;
    connection_counts& connections;
    std::stop_token stop;  ///< ends the first read early, with `reading_stopped`
};

/// Accounts: all at once, then the changes. Of the generator one after the other; of a CSV file and
/// of a database all at once again, when it has changed; of a feed (feeds.hpp) as that says.
/// A CSV file and a database are read now, a feed's file or port is opened: errors as
/// `read_csv_table`, `sqlite_table`, `follow_updates`, `receive_updates`; later ones are told in
/// the log, and the table stays as it was. Reading blocks no thread of the pipeline.
weir::any_stream<account_update> open_accounts(const table_setting& s);
/// Rates, likewise; each change of the generator is a new table.
weir::any_stream<rate_update> open_rates(const table_setting& s);

/// The instruments, which stand still: read now. Errors likewise.
std::shared_ptr<instrument_table> open_instruments(const place& from, std::uint64_t seed,
                                                   texts& texts, const std::stop_token& stop);

}  // namespace weir_enrich
