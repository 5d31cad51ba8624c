#include "joining.hpp"

#include <stdexcept>
#include <utility>

#include "behind_tables.hpp"
#include "enrichment.hpp"
#include "noted_updates.hpp"
#include "stamped.hpp"

namespace weir_enrich {

namespace {

// What a run waited for stands in its journal in its place: a replay need not wait.
on_missing policy_of(const run_options& o) {
    if (o.replay.empty()) return o.missing;
    const on_missing recorded = read_header(o.replay).missing;
    return recorded == on_missing::wait ? on_missing::drop : recorded;
}

}  // namespace

joining::joining(const run_options& o, run_state& state)
    : options_(o), state_(state), bad_(state.counts), missing_(policy_of(o)) {
    if (missing_ == on_missing::wait) room_.emplace(o.patience, state.counts);
}

joining::inputs joining::open(weir::pipeline& p, const asio::any_io_executor& executor) {
    inputs in;
    if (!options_.replay.empty()) {
        in.listed = std::make_shared<instrument_table>();
        tape_ = std::make_shared<tape>(options_.replay, state_.texts, in.listed);
        return in;
    }
    in.listed =
        open_instruments(options_.instruments, options_.trades.seed, state_.texts, state_.stop);
    in.accounts = open_accounts({"accounts", options_.accounts, executor, state_.texts,
                                 state_.accounts, state_.connections, state_.stop});
    in.rates = open_rates({"rates", options_.rates, executor, state_.texts, state_.rates,
                           state_.connections, state_.stop});
    in.trades = open_trades(p, executor, options_.trades, state_.counts, bad_, state_.connections);
    return in;
}

void joining::open_records() {
    if (missing_ == on_missing::side_output && !options_.side_output.path.empty()) {
        side_.emplace(options_.side_output, state_.counts.diverted);
    }
    if (!options_.record.empty()) journal_.emplace(options_.record, missing_);
}

void joining::begin() {
    if (side_) side_->begin();
    if (journal_) journal_->begin();
}

weir::any_stream<enriched_trade> joining::join(weir::pipeline& p, inputs in) {
    const trade_fate fate = this->fate();
    if (tape_) return replay(p, std::move(in.listed), fate);
    if (journal_) journal_->add_snapshot(table_name::instruments, *in.listed);
    const change_listeners listeners{fate.kept.journal, fate.room};
    auto accounts =
        std::move(in.accounts) | p.source("accounts") | noted(listeners, table_name::accounts);
    auto rates = std::move(in.rates) | p.source("rates") | noted(listeners, table_name::rates);
    auto trades = std::move(in.trades) | behind_tables(state_.accounts, state_.rates);
    auto joins = enrich(std::move(in.listed), std::move(accounts), std::move(rates), fate);
    if (!room_) return std::move(trades) | std::move(joins);
    return std::move(trades) | with_waiting(*room_) | p.source("waiting") | std::move(joins);
}

/// The streams of the tape take turns entry by entry, so no any_stream may read ahead of them.
weir::any_stream<enriched_trade> joining::replay(weir::pipeline& p,
                                                 std::shared_ptr<instrument_table> listed,
                                                 const trade_fate& fate) {
    return replayed_trades(tape_, options_.speed) | p.source(options_.replay.string()) |
           stamped(state_.counts) |
           enrich(std::move(listed), replayed_updates<account_update>(tape_),
                  replayed_updates<rate_update>(tape_), fate);
}

trade_fate joining::fate() {
    return {state_.counts, missing_, room_ ? &*room_ : nullptr, kept()};
}

void joining::close() {
    if (side_) side_->close();
    if (journal_) journal_->close();
    if (tape_ && !tape_->error().empty()) throw std::runtime_error(tape_->error());
}

}  // namespace weir_enrich
