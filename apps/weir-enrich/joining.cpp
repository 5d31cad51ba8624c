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
    if (missing_ == on_missing::side_output && !o.side_output.path.empty()) {
        side_.emplace(o.side_output);
    }
    if (missing_ == on_missing::wait) room_.emplace(o.patience, state.counts);
    if (!o.record.empty()) journal_.emplace(o.record, missing_);
}

joining::stream joining::open(weir::pipeline& p, const asio::any_io_executor& executor) {
    return options_.replay.empty() ? open_live(p, executor) : open_replay(p);
}

joining::stream joining::open_live(weir::pipeline& p, const asio::any_io_executor& executor) {
    auto listed = open_instruments(options_.instruments, options_.trades.seed, state_.texts);
    if (journal_) journal_->add_snapshot(table_name::instruments, *listed);
    const trade_fate fate = this->fate();
    const change_listeners listeners{fate.journal, fate.room};
    auto accounts =
        open_accounts({"accounts", options_.accounts, executor, state_.texts, state_.accounts}) |
        p.source("accounts") | noted(listeners, table_name::accounts);
    auto rates = open_rates({"rates", options_.rates, executor, state_.texts, state_.rates}) |
                 p.source("rates") | noted(listeners, table_name::rates);
    auto trades = open_trades(p, executor, options_.trades, state_.counts, bad_) |
                  behind_tables(state_.accounts, state_.rates);
    auto joins = enrich(std::move(listed), std::move(accounts), std::move(rates), fate);
    if (!room_) return std::move(trades) | std::move(joins);
    return std::move(trades) | with_waiting(*room_) | p.source("waiting") | std::move(joins);
}

joining::stream joining::open_replay(weir::pipeline& p) {
    const auto listed = std::make_shared<instrument_table>();
    tape_ = std::make_shared<tape>(options_.replay, state_.texts, listed);
    return replayed_trades(tape_, options_.speed) | p.source(options_.replay.string()) |
           stamped(state_.counts) |
           enrich(listed, replayed_updates<account_update>(tape_),
                  replayed_updates<rate_update>(tape_), fate());
}

trade_fate joining::fate() {
    return {state_.counts, missing_, side_ ? &*side_ : nullptr, room_ ? &*room_ : nullptr,
            journal_ ? &*journal_ : nullptr};
}

void joining::close() {
    if (side_) side_->close();
    if (journal_) journal_->close();
    if (tape_ && !tape_->error().empty()) throw std::runtime_error(tape_->error());
}

}  // namespace weir_enrich
