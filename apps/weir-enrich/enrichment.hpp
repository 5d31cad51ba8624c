/// The joins: a trade with its instrument, its user's account, and the rate of its currency.
#pragma once

#include <weir/joins/latest_join.hpp>
#include <weir/joins/lookup_join.hpp>

#include <memory>
#include <type_traits>
#include <utility>

#include "enriched_trade.hpp"
#include "missing_policy.hpp"
#include "rows.hpp"

namespace weir_enrich {

/// A trade that has met its instrument.
struct listed_trade {
    trade what;
    instrument traded;
};
/// And its user's account.
struct owned_trade {
    trade what;
    instrument traded;
    account user;
    weir::table_version accounts_version;
};

inline enriched_trade complete(const owned_trade& x, const rate& r, weir::table_version version) {
    const double notional = x.what.price * x.what.quantity * r.to_base;
    return {x.what.trade_id,    x.what.instrument_id,
            x.what.user_id,     x.what.price,
            x.what.quantity,    x.what.side,
            x.what.event_time,  x.traded.symbol,
            x.traded.name,      x.traded.currency,
            x.traded.tick_size, x.user.name,
            x.user.tier,        x.user.fee_rate,
            notional,           notional * x.user.fee_rate,
            x.accounts_version, version,
            x.what.received};
}

/// What the joins are told.
template <class Divert>
struct enrichment_options {
    std::shared_ptr<const instrument_table> instruments;
    on_missing missing;
    run_counts& counts;
    Divert divert;  ///< is called with the `const trade&` of a trade that goes to the side output
};

/// Trades into enriched trades. `accounts` and `rates` are streams of `account_update` and
/// `rate_update`; no trade passes before both have their first complete snapshot.
template <class Accounts, class Rates, class Divert>
auto enrich(Accounts accounts, Rates rates, enrichment_options<Divert> o) {
    const auto policy = [&o](auto row, counter& misses) {
        const auto divert = [f = o.divert]<class T>(const T& x) {
            if constexpr (std::is_same_v<T, trade>) {
                f(x);
            } else {
                f(x.what);
            }
        };
        return missing_policy(o.missing, row, misses, o.counts, divert);
    };
    auto with_instrument = weir::lookup_join(
        std::move(o.instruments), [](const trade& x) { return x.instrument_id; },
        [](const trade& x, const instrument& i) { return listed_trade{x, i}; },
        policy(instrument(), o.counts.no_instrument), "instruments");
    auto with_account = weir::latest_join(
        std::move(accounts), [](const listed_trade& x) { return x.what.user_id; },
        [](const listed_trade& x, const account& a, weir::table_version v) {
            return owned_trade{x.what, x.traded, a, v};
        },
        policy(account(), o.counts.no_account), "accounts");
    auto with_rate = weir::latest_join(
        std::move(rates), [](const owned_trade& x) { return x.traded.rate_key; }, complete,
        policy(rate{{}, 1}, o.counts.no_rate), "rates");
    return std::move(with_instrument) | std::move(with_account) | std::move(with_rate);
}

}  // namespace weir_enrich
