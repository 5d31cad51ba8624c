/// The stream of trades that goes into the joins.
#pragma once

#include <weir/pipeline/pipeline.hpp>
#include <weir/sources/any_stream.hpp>

#include <weir-enrich/model/connections.hpp>
#include <weir-enrich/model/counts.hpp>
#include <weir-enrich/model/endpoint.hpp>
#include <weir-enrich/model/run_options.hpp>
#include <weir-enrich/model/trade.hpp>
#include <weir-enrich/trades/trade_reader.hpp>

#include <cstdint>
#include <optional>

namespace weir_enrich {

/// Trades, counted and with their receive time, as a source of the pipeline `p`: a drain ends them.
/// `counts`, `bad` and `connections` must outlive the stream. Errors: as `open_reader`, also while
/// it runs; asio::system_error if listening on a port fails.
weir::any_stream<trade> open_trades(weir::pipeline& p, const asio::any_io_executor& executor,
                                    const input_options& options, run_counts& counts,
                                    bad_records& bad, connection_counts& connections);

}  // namespace weir_enrich
