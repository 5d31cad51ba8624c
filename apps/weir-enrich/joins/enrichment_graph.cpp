#include "enrichment_graph.hpp"

#include <weir-enrich/joins/enrichment.hpp>
#include <weir-enrich/joins/record_changes.hpp>
#include <weir-enrich/joins/require_tables.hpp>
#include <weir-enrich/tables/changing_tables.hpp>
#include <weir-enrich/trades/trade_input.hpp>
#include <weir-enrich/trades/with_receive_time.hpp>

#include <stdexcept>
#include <utility>

namespace weir_enrich {

namespace {

// A journal has the trades that waited in the order in which they passed, so a replay does not
// wait.
on_missing policy_of(const run_options& o) {
    if (o.replay.empty()) return o.missing;
    const on_missing recorded = read_header(o.replay).missing;
    return recorded == on_missing::wait ? on_missing::drop : recorded;
}

}  // namespace

enrichment_graph::enrichment_graph(const run_options& o, run_state& state)
    : options_(o), state_(state), bad_(state.counts), missing_(policy_of(o)) {
    if (missing_ == on_missing::wait) retries_.emplace(o.patience, state.counts);
}

enrichment_graph::inputs enrichment_graph::open(weir::pipeline& p,
                                                const asio::any_io_executor& executor) {
    inputs in;
    if (!options_.replay.empty()) {
        in.listed = std::make_shared<instrument_table>();
        player_ = std::make_shared<journal_player>(options_.replay, state_.strings, in.listed);
        return in;
    }
    in.listed =
        open_instruments(options_.instruments, options_.trades.seed, state_.strings, state_.stop);
    in.accounts = open_accounts({"accounts", options_.accounts, executor, state_.strings,
                                 state_.accounts, state_.connections, state_.stop});
    in.rates = open_rates({"rates", options_.rates, executor, state_.strings, state_.rates,
                           state_.connections, state_.stop});
    in.trades = open_trades(p, executor, options_.trades, state_.counts, bad_, state_.connections);
    return in;
}

void enrichment_graph::open_records() {
    if (missing_ == on_missing::side_output && !options_.side_output.path.empty()) {
        side_.emplace(options_.side_output, state_.counts.diverted);
    }
    if (!options_.record.empty()) journal_.emplace(options_.record, missing_);
}

void enrichment_graph::begin() {
    if (side_) side_->begin();
    if (journal_) journal_->begin();
}

weir::any_stream<enriched_trade> enrichment_graph::join(weir::pipeline& p, inputs in) {
    const trade_fate fate = this->fate();
    if (player_) return replay(p, std::move(in.listed), fate);
    if (journal_) journal_->add_snapshot(table_name::instruments, *in.listed);
    const change_listeners listeners{fate.records.journal, fate.retries};
    auto accounts = std::move(in.accounts) | p.source("accounts") |
                    record_changes(listeners, table_name::accounts);
    auto rates =
        std::move(in.rates) | p.source("rates") | record_changes(listeners, table_name::rates);
    auto trades = std::move(in.trades) | require_tables(state_.accounts, state_.rates);
    auto joins = enrich(std::move(in.listed), std::move(accounts), std::move(rates), fate);
    if (!retries_) return std::move(trades) | std::move(joins);
    return std::move(trades) | with_retries(*retries_) | p.source("waiting") | std::move(joins);
}

/// The streams of the journal player alternate entry by entry, so no any_stream may read ahead.
weir::any_stream<enriched_trade> enrichment_graph::replay(weir::pipeline& p,
                                                          std::shared_ptr<instrument_table> listed,
                                                          const trade_fate& fate) {
    return replayed_trades(player_, options_.speed) | p.source(options_.replay.string()) |
           with_receive_time(state_.counts) |
           enrich(std::move(listed), replayed_updates<account_update>(player_),
                  replayed_updates<rate_update>(player_), fate);
}

trade_fate enrichment_graph::fate() {
    return {state_.counts, missing_, retries_ ? &*retries_ : nullptr, records()};
}

void enrichment_graph::close() {
    if (side_) side_->close();
    if (journal_) journal_->close();
    if (player_ && !player_->error().empty()) throw std::runtime_error(player_->error());
}

}  // namespace weir_enrich
