#pragma once

#include <weir/joins/latest_join.hpp>
#include <weir/joins/lookup_join.hpp>
#include <weir/sinks/fold.hpp>

#include <memory>
#include <utility>

#include "enrichment.hpp"
#include "spin.hpp"

// The trades, the updates and the two joins of the enrich benches.
namespace bench {

// Trades that come a thousand at a time; between two such runs the pipeline is polled anew.
class trades_in_chunks {
public:
    using value_type = trade;

    template <class Sink>
    WEIR_FUSED weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        if (next_ == last_) return weir::poll_state::finished;
        std::uint64_t i = next_;
        const trade* const all = all_trades().data();
        next_ = i + trades_per_update - i % trades_per_update;
        for (const std::uint64_t stop = next_; i != stop;) {
            trade x = all[i++];
            if (!sink(std::move(x))) {
                next_ = i;
                return weir::poll_state::paused;
            }
        }
        cx.wake();
        return weir::poll_state::pending;
    }

private:
    std::uint64_t next_ = 0;
    std::uint64_t last_ = all_trades().size();
};

using account_update = weir::table_update<std::uint32_t, account>;

// First the whole table, then one update each time it is asked.
class accounts_then_updates {
public:
    using value_type = account_update;

    template <class Sink>
    weir::poll_state poll(weir::poll_context&, Sink&& sink) {
        if (all_ && !sink(account_update::replace(std::exchange(all_, nullptr)))) {
            return weir::poll_state::paused;
        }
        const std::uint64_t n = changes_++;
        if (!sink(account_update::put(updated_user(n), updated_account(n)))) {
            return weir::poll_state::paused;
        }
        return weir::poll_state::pending;  // the trades see to it that it is polled again
    }

private:
    std::shared_ptr<account_table> all_ = std::make_shared<account_table>(all_accounts());
    std::uint64_t changes_ = 0;
};

// A trade with its instrument, and then with the account of its user.
struct listed {
    trade what;
    std::uint64_t symbol;
    double tick;
};

inline auto enrich(std::shared_ptr<const instrument_table> table, weir::item_count misses) {
    const weir::missing::drop drop(std::move(misses));
    auto find_instrument = weir::lookup_join(
        std::move(table), [](const trade& x) { return x.instrument; },
        [](const trade& x, const instrument& i) { return listed{x, i.symbol, i.tick}; }, drop);
    auto find_account = weir::latest_join(
        accounts_then_updates(), [](const listed& x) { return x.what.user; },
        [](const listed& x, const account& a) {
            return enriched{x.what, x.symbol, x.tick, a.fee, a.tier, a.version};
        },
        drop);
    return std::move(find_instrument) | std::move(find_account);
}

// Extra work on an enriched trade: 200 ns, or none.
class extra_work {
public:
    explicit extra_work(std::int64_t nanoseconds) : steps_(steps_of(nanoseconds)) {}
    enriched operator()(enriched x) const {
        if (steps_ != 0) x.fee += static_cast<double>(spin(x.what.id, steps_) & 1);
        return x;
    }

private:
    static std::uint64_t steps_of(std::int64_t nanoseconds) {
        if (nanoseconds == 0) return 0;
        static const std::uint64_t found = steps_worth(static_cast<std::uint64_t>(nanoseconds));
        return found;
    }

    std::uint64_t steps_;
};

inline auto sum() {
    return weir::fold(0.0, [](double all, const enriched& x) { return all + use(x); });
}

}  // namespace bench
