/// The part of a run that reads trades and tables and joins them.
#pragma once

#include <weir/pipeline/pipeline.hpp>
#include <weir/sources/any_stream.hpp>

#include <weir-enrich/joins/missing_policy.hpp>
#include <weir-enrich/joins/retry_queue.hpp>
#include <weir-enrich/joins/side_output.hpp>
#include <weir-enrich/journal/journal_writer.hpp>
#include <weir-enrich/journal/replay.hpp>
#include <weir-enrich/model/enriched_trade.hpp>
#include <weir-enrich/model/run_options.hpp>
#include <weir-enrich/model/run_state.hpp>
#include <weir-enrich/trades/trade_reader.hpp>

#include <memory>
#include <optional>

namespace weir_enrich {

/// Opens the tables and the trades of a run, and joins them. Must outlive the pipeline and the
/// enriched trades.
class enrichment_graph {
public:
    enrichment_graph(const run_options& options, run_state& state);

    /// The tables and the trades. A replay has only the instruments, which its journal fills.
    struct inputs {
        std::shared_ptr<instrument_table> listed;
        weir::any_stream<account_update> accounts;
        weir::any_stream<rate_update> rates;
        weir::any_stream<trade> trades;
    };

    /// Opens the inputs. Errors: those of the endpoints and the tables.
    inputs open(weir::pipeline& p, const asio::any_io_executor& executor);
    /// Opens the journal and the side output, and leaves their content as it is.
    void open_records();
    /// Empties them. Call it after everything else that the run needs is open.
    void begin();
    /// Returns the stream of enriched trades.
    weir::any_stream<enriched_trade> join(weir::pipeline& p, inputs in);
    /// The files that are written in addition to the outputs.
    record_files records() noexcept {
        return {journal_ ? &*journal_ : nullptr, side_ ? &*side_ : nullptr};
    }

    /// Call it after the run. Throws if the replayed journal had an error.
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
    std::optional<retry_queue> retries_;
    std::optional<journal_writer> journal_;
    std::shared_ptr<journal_player> player_;
};

}  // namespace weir_enrich
