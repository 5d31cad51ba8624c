/// The joins: a trade with its instrument, its user's account, and the rate of its currency.
#pragma once

#include <weir/joins/latest_join.hpp>
#include <weir/joins/lookup_join.hpp>

#include <weir-enrich/joins/missing_policy.hpp>
#include <weir-enrich/model/enriched_trade.hpp>
#include <weir-enrich/model/rows.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace weir_enrich {

/// A trade joined with its instrument.
struct listed_trade {
    trade what;
    instrument traded;
};
/// A trade joined with its instrument and account. The account's strings belong to the table.
struct owned_trade {
    trade what;
    instrument traded;
    std::string_view account_name;
    std::string_view tier;
    double fee_rate;
    weir::table_version accounts_version;
};

// A missing row is replaced by a default-constructed one. No row of a table looks like that: its
// currency is never empty, and its views are never null.
inline bool stands_in(const instrument& row) {
    return row.rate_key == 0;
}
inline bool stands_in(std::string_view account_name) {
    return account_name.data() == nullptr;
}
inline bool stands_in(const rate& row) {
    return row.currency.empty();
}

/// The names of the tables whose rows were missing. Without an instrument there is no currency, so
/// there is no rate either.
inline std::string_view missing_rows(bool instrument, bool account, bool rate) {
    if (instrument) return account ? "instrument account rate" : "instrument rate";
    if (account) return rate ? "account rate" : "account";
    return rate ? "rate" : "";
}

/// Prefetches the strings, which are written a few trades later. The strings of a hundred thousand
/// accounts are in no cache, and waiting for them took 38 % of the time.
inline void fetch_texts(const owned_trade& x) {
    __builtin_prefetch(x.traded.symbol.data());
    __builtin_prefetch(x.traded.name.data());
    __builtin_prefetch(x.account_name.data());
}

inline enriched_trade complete(const owned_trade& x, const rate& r, weir::table_version version) {
    const double notional = x.what.price * x.what.quantity * r.to_base;
    return {x.what.trade_id,
            x.what.instrument_id,
            x.what.user_id,
            x.what.price,
            x.what.quantity,
            x.what.side,
            x.what.event_time,
            x.traded.symbol,
            x.traded.name,
            x.traded.currency,
            x.traded.tick_size,
            x.account_name,
            x.tier,
            x.fee_rate,
            notional,
            notional * x.fee_rate,
            x.accounts_version,
            version,
            missing_rows(stands_in(x.traded), stands_in(x.account_name), stands_in(r)),
            x.what.received};
}

inline const trade& trade_of(trade& x) {
    return x;
}
inline const trade& trade_of(const listed_trade& x) {
    return x.what;
}
inline const trade& trade_of(const owned_trade& x) {
    return x.what;
}

// Instruments never change, so trades do not wait for a missing one.
inline std::optional<missed_key> missed_by(const trade& /*x*/) {
    return std::nullopt;
}
inline std::optional<missed_key> missed_by(const listed_trade& x) {
    return missed_key{table_name::accounts, x.what.user_id};
}
inline std::optional<missed_key> missed_by(const owned_trade& x) {
    return missed_key{table_name::rates, x.traded.rate_key};
}

/// Turns trades into enriched trades. `accounts` and `rates` are streams of `account_update` and
/// `rate_update`. No trade passes before both have their first complete snapshot. The objects that
/// `fate` points to must outlive the stream.
template <class Accounts, class Rates>
auto enrich(std::shared_ptr<const instrument_table> instruments, Accounts accounts, Rates rates,
            const trade_fate& fate) {
    auto with_instrument = weir::lookup_join(
        std::move(instruments), [](const trade& x) { return x.instrument_id; },
        [](const trade& x, const instrument& i) { return listed_trade{x, i}; },
        missing_policy(fate, instrument(), fate.counts.no_instrument), "instruments");
    auto with_account = weir::latest_join(
        std::move(accounts), [](const listed_trade& x) { return x.what.user_id; },
        [](const listed_trade& x, const account& a, weir::table_version v) {
            return owned_trade{x.what, x.traded, a.name, a.tier, a.fee_rate, v};
        },
        missing_policy(fate, account(), fate.counts.no_account), "accounts");
    auto with_rate = weir::latest_join(
        std::move(rates), [](const owned_trade& x) { return x.traded.rate_key; },
        [fate](const owned_trade& x, const rate& r, weir::table_version v) {
            fate.decided(x.what);
            fetch_texts(x);
            return complete(x, r, v);
        },
        missing_policy(fate, rate{{}, 1, {}}, fate.counts.no_rate), "rates");
    return std::move(with_instrument) | std::move(with_account) | std::move(with_rate);
}

}  // namespace weir_enrich
