/// Trades in, and tables: what happens on the strand that joins them.
#pragma once

#include <weir/pipeline/pipeline.hpp>
#include <weir/sources/any_stream.hpp>

#include <memory>
#include <optional>

#include "enriched_trade.hpp"
#include "journal_writer.hpp"
#include "missing_policy.hpp"
#include "replay.hpp"
#include "run.hpp"
#include "side_output.hpp"
#include "trade_reader.hpp"
#include "waiting_room.hpp"

namespace weir_enrich {

/// Opens the tables and the trades of a run, and joins them. Must outlive the pipeline, and the
/// trades that came out of it.
class joining {
public:
    joining(const run_options& options, run_state& state);

    /// The enriched trades. Errors: those of the places and the tables.
    weir::any_stream<enriched_trade> open(weir::pipeline& p, const asio::any_io_executor& executor);

    /// To be called when all is over. Throws what was wrong with a journal that was replayed.
    void close();

private:
    using stream = weir::any_stream<enriched_trade>;

    stream open_live(weir::pipeline& p, const asio::any_io_executor& executor);
    stream open_replay(weir::pipeline& p);
    trade_fate fate();

    const run_options& options_;
    run_state& state_;
    bad_records bad_;
    on_missing missing_;
    std::optional<side_output> side_;
    std::optional<waiting_room> room_;
    std::optional<journal_writer> journal_;
    std::shared_ptr<tape> tape_;
};

}  // namespace weir_enrich
