/// Where trades wait for a key that a table does not have yet.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/pull.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "counts.hpp"
#include "journal.hpp"
#include "trade.hpp"

namespace weir_enrich {

/// A key that a table did not have.
struct missed_key {
    table_name table;
    std::uint64_t key;
    friend auto operator<=>(const missed_key&, const missed_key&) = default;
};

/// Holds trades until their key comes, until their time is up, or until there is no more room: then
/// they are tried again. A trade that misses again waits on until its time is up, and is refused
/// then: that is its last try. All of it happens on one strand.
class waiting_room {
public:
    using clock = weir::clock;

    /// Trades wait at most `patience`, and no more than `most` of them.
    waiting_room(clock::duration patience, run_counts& counts, std::size_t most = 65'536)
        : patience_(patience), most_(most), counts_(&counts) {}

    /// Takes in a trade that missed a key. False when this was its last try.
    bool park(const trade& t, const missed_key& missed);

    /// The table has the key now; or it is another table.
    void key_came(const missed_key& key);
    void all_came(table_name table);
    /// From now on all tries are the last.
    void give_up();

    bool has_ready() const noexcept { return !ready_.empty(); }
    bool empty() const noexcept { return ready_.empty() && parked_.empty(); }
    std::optional<clock::time_point> next_deadline() const;

    /// The time for what is done next. Those whose time is up are to be tried again.
    void set_time(clock::time_point now);
    /// Gives `sink` the first trade that is to be tried again, and returns what it says.
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
    /// In the order of their deadlines, and then of their coming.
    struct turn {
        clock::time_point deadline;
        std::uint64_t number;
        friend auto operator<=>(const turn&, const turn&) = default;
    };
    struct waiting {
        trade what;
        missed_key missed;
        turn when;
        bool crowded_out = false;  // there was no more room
    };
    using place = std::map<turn, waiting>::iterator;

    /// Lets it be tried again. Returns the next one.
    place make_ready(place p);
    bool is_last_try(const waiting& w) const noexcept {
        return gives_up_ || w.crowded_out || w.when.deadline <= now_;
    }

    clock::duration patience_;
    std::size_t most_;
    run_counts* counts_;
    std::map<turn, waiting> parked_;
    std::set<std::pair<missed_key, turn>> by_key_;
    std::deque<waiting> ready_;
    std::optional<waiting> trying_;
    clock::time_point now_{};
    std::uint64_t came_ = 0;
    bool gives_up_ = false;
};

template <class S>
class waiting_stream : public weir::pullable<waiting_stream<S>> {
public:
    using value_type = trade;

    waiting_stream(S upstream, waiting_room& room) : upstream_(std::move(upstream)), room_(&room) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        for (;;) {
            room_->set_time(weir::clock_of(cx.executor()).now());
            while (room_->has_ready()) {
                if (!room_->try_again(sink)) return weir::poll_state::paused;
            }
            if (!ended_ && !poll_upstream(cx, sink)) return weir::poll_state::paused;
            if (room_->has_ready()) continue;
            if (ended_ && room_->empty()) return weir::poll_state::finished;
            const auto deadline = room_->next_deadline();
            if (!deadline || !alarm_.reached(cx, *deadline)) return weir::poll_state::pending;
        }
    }

    /// Those who wait are tried a last time.
    void drain() { room_->give_up(); }

private:
    /// False when the sink said no.
    template <class Sink>
    bool poll_upstream(weir::poll_context& cx, Sink& sink) {
        bool more = true;
        const auto state = upstream_.poll(cx, [&](trade&& t) -> bool {
            more = sink(std::move(t));
            return more && !room_->has_ready();
        });
        ended_ = state == weir::poll_state::finished;
        return more;
    }

    S upstream_;
    waiting_room* room_;
    weir::alarm alarm_;
    bool ended_ = false;  // upstream has
};

/// Trades, and before them those that waited and are to be tried again. The policy of the joins
/// behind it parks them in `room`. Ends when nobody waits any more.
inline auto with_waiting(waiting_room& room) {
    return weir::pipe([&room](auto upstream) {
        return waiting_stream<decltype(upstream)>(std::move(upstream), room);
    });
}

/// What a `table_update` tells, to those who wait for it.
class key_watch {
public:
    key_watch(waiting_room& room, table_name table) : room_(room), table_(table) {}

    template <class Row>
    void put(std::uint64_t key, const Row& /*row*/) {
        room_.key_came({table_, key});
    }
    void remove(std::uint64_t /*key*/) {}
    void complete() { room_.all_came(table_); }
    void start_over() {}
    template <class Table>
    void replace(const Table& /*rows*/) {
        room_.all_came(table_);
    }

private:
    waiting_room& room_;
    table_name table_;
};

}  // namespace weir_enrich
