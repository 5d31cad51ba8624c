/// The stream of trades that goes into the joins.
#pragma once

#include <weir/pipeline/pipeline.hpp>
#include <weir/sources/any_stream.hpp>

#include <cstdint>
#include <optional>

#include "connections.hpp"
#include "counts.hpp"
#include "place.hpp"
#include "trade.hpp"
#include "trade_reader.hpp"

namespace weir_enrich {

struct input_options {
    place from;
    std::uint64_t seed = 1;
    std::uint64_t rate = 0;              ///< trades a second of the generator; 0: as many as can be
    std::optional<std::uint64_t> count;  ///< how many trades, then it ends
};

/// Trades, counted and stamped with the time they came, as a source of the pipeline `p`: a drain
/// ends them. The last three must outlive the stream. Errors: as `open_reader`, also while it
/// runs; asio::system_error when a port cannot be listened on.
weir::any_stream<trade> open_trades(weir::pipeline& p, const asio::any_io_executor& executor,
                                    const input_options& options, run_counts& counts,
                                    bad_records& bad, connection_counts& connections);

}  // namespace weir_enrich
