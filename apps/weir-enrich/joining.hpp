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

    /// What is joined: the tables, read or waited for, and the trades; of a replay the instruments
    /// alone, which its journal fills.
    struct inputs {
        std::shared_ptr<instrument_table> listed;
        weir::any_stream<account_update> accounts;
        weir::any_stream<rate_update> rates;
        weir::any_stream<trade> trades;
    };

    /// Opens what is read. Errors: those of the places and the tables.
    inputs open(weir::pipeline& p, const asio::any_io_executor& executor);
    /// Opens the journal and the side output, and leaves what is in them as it is.
    void open_records();
    /// Empties them. To be called once all else that the run needs is open.
    void begin();
    /// The enriched trades.
    weir::any_stream<enriched_trade> join(weir::pipeline& p, inputs in);
    /// What is written beside the outputs.
    kept_records kept() noexcept {
        return {journal_ ? &*journal_ : nullptr, side_ ? &*side_ : nullptr};
    }

    /// To be called when all is over. Throws what was wrong with a journal that was replayed.
    void close();

private:
    weir::any_stream<enriched_trade> replay(weir::pipeline& p,
                                            std::shared_ptr<instrument_table> listed,
                                            const trade_fate& fate);
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
