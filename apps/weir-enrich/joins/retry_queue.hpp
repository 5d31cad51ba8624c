/// A queue of trades that wait for a key.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/pull.hpp>

#include <weir-enrich/journal/journal.hpp>
#include <weir-enrich/model/counts.hpp>
#include <weir-enrich/model/trade.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace weir_enrich {

/// A key that a table did not have.
struct missed_key {
    table_name table;
    std::uint64_t key;
    friend auto operator<=>(const missed_key&, const missed_key&) = default;
};

/// Holds trades until their key comes, until their time is up, or until the queue is full. Then
/// they are tried again. A trade that misses a key again waits until its time is up; after that try
/// it is refused. Used on one strand.
class retry_queue {
public:
    using clock = weir::clock;

    /// Each trade waits at most `patience`, and at most `most` trades wait.
    retry_queue(clock::duration patience, run_counts& counts, std::size_t most = 65'536)
        : patience_(patience), most_(most), counts_(&counts) {}

    /// Adds a trade that missed a key. False if this was its last try.
    bool park(const trade& t, const missed_key& missed);

    /// The table has this key now; or the whole table was replaced.
    void key_came(const missed_key& key);
    void all_came(table_name table);
    /// Makes every later try the last one.
    void give_up();

    bool has_ready() const noexcept { return !ready_.empty(); }
    bool empty() const noexcept { return ready_.empty() && parked_.empty(); }
    std::optional<clock::time_point> next_deadline() const;

    /// Sets the current time. Trades whose time is up become ready.
    void set_time(clock::time_point now);
    /// Passes the first ready trade to `sink`, and returns its answer.
    /// Precondition: has_ready().
    template <class Sink>
    bool try_again(Sink& sink) {
        trying_ = ready_.front();
        ready_.pop_front();
        const bool more = sink(trade(trying_->what));
        trying_.reset();
        return more;
    }

private:
    /// Orders trades by their deadlines, then by their arrival.
    struct order_key {
        clock::time_point deadline;
        std::uint64_t number;
        friend auto operator<=>(const order_key&, const order_key&) = default;
    };
    struct parked_trade {
        trade what;
        missed_key missed;
        order_key when;
        bool evicted = false;  // the queue was full
    };
    using iterator = std::map<order_key, parked_trade>::iterator;

    /// Makes a trade ready. Returns the position after it.
    iterator make_ready(iterator p);
    bool is_last_try(const parked_trade& w) const noexcept {
        return gives_up_ || w.evicted || w.when.deadline <= now_;
    }

    clock::duration patience_;
    std::size_t most_;
    run_counts* counts_;
    std::map<order_key, parked_trade> parked_;
    std::set<std::pair<missed_key, order_key>> by_key_;
    std::deque<parked_trade> ready_;
    std::optional<parked_trade> trying_;
    clock::time_point now_{};
    std::uint64_t came_ = 0;
    bool gives_up_ = false;
};

template <class S>
class retry_stream : public weir::pullable<retry_stream<S>> {
public:
    using value_type = trade;

    retry_stream(S upstream, retry_queue& retries)
        : upstream_(std::move(upstream)), retries_(&retries) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        for (;;) {
            retries_->set_time(weir::clock_of(cx.executor()).now());
            while (retries_->has_ready()) {
                if (!retries_->try_again(sink)) return weir::poll_state::paused;
            }
            if (!ended_ && !poll_upstream(cx, sink)) return weir::poll_state::paused;
            if (retries_->has_ready()) continue;
            if (ended_ && retries_->empty()) return weir::poll_state::finished;
            const auto deadline = retries_->next_deadline();
            if (!deadline || !alarm_.reached(cx, *deadline)) return weir::poll_state::pending;
        }
    }

    /// Gives the waiting trades their last try.
    void drain() { retries_->give_up(); }

private:
    /// False when the sink said no.
    template <class Sink>
    bool poll_upstream(weir::poll_context& cx, Sink& sink) {
        bool more = true;
        const auto state = upstream_.poll(cx, [&](trade&& t) -> bool {
            more = sink(std::move(t));
            return more && !retries_->has_ready();
        });
        ended_ = state == weir::poll_state::finished;
        return more;
    }

    S upstream_;
    retry_queue* retries_;
    weir::alarm alarm_;
    bool ended_ = false;  // upstream has
};

/// Passes on trades, and before them the trades of `retries` that are ready. The policy of the
/// joins downstream adds trades to `retries`. Ends when upstream has ended and no trade waits.
inline auto with_retries(retry_queue& retries) {
    return weir::pipe([&retries](auto upstream) {
        return retry_stream<decltype(upstream)>(std::move(upstream), retries);
    });
}

/// Makes trades ready whose key a `table_update` brings.
class key_watch {
public:
    key_watch(retry_queue& retries, table_name table) : retries_(retries), table_(table) {}

    template <class Row>
    void put(std::uint64_t key, const Row& /*row*/) {
        retries_.key_came({table_, key});
    }
    void remove(std::uint64_t /*key*/) {}
    void complete() { retries_.all_came(table_); }
    void start_over() {}
    template <class Table>
    void replace(const Table& /*rows*/) {
        retries_.all_came(table_);
    }

private:
    retry_queue& retries_;
    table_name table_;
};

}  // namespace weir_enrich
