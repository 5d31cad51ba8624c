/// The tables that change while trades pass.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/sources/any_stream.hpp>

#include <weir-enrich/model/connections.hpp>
#include <weir-enrich/model/endpoint.hpp>
#include <weir-enrich/model/rows.hpp>
#include <weir-enrich/model/run_options.hpp>
#include <weir-enrich/model/string_pool.hpp>
#include <weir-enrich/model/table_state.hpp>

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string_view>

namespace weir_enrich {

/// Parameters for opening a table. `strings`, `state` and `connections` must outlive the stream.
struct table_setting {
    std::string_view name;  ///< "accounts", for the log
    const changing_table_options& options;
    const asio::any_io_executor& executor;
    weir_enrich::string_pool& strings;
    table_state& state;
    connection_counts& connections;
    std::stop_token stop;  ///< ends the first read early, with `reading_stopped`
};

/// Accounts: first the whole table, then its changes. The generator changes one row at a time. A
/// CSV file and a database are read again as a whole when they have changed. For feeds see
/// feeds.hpp. A CSV file and a database are read before this returns; a feed's file or port is
/// opened. Errors: as `read_csv_table`, `sqlite_table`, `follow_updates`, `receive_updates`. Later
/// errors are logged, and the table stays as it was. Later reads block no thread of the pipeline.
weir::any_stream<account_update> open_accounts(const table_setting& s);
/// Rates, in the same way. Each change of the generator is a new table.
weir::any_stream<rate_update> open_rates(const table_setting& s);

/// The instruments, which never change: read before this returns. Errors: as above.
std::shared_ptr<instrument_table> open_instruments(const endpoint& from, std::uint64_t seed,
                                                   string_pool& strings,
                                                   const std::stop_token& stop);

}  // namespace weir_enrich
