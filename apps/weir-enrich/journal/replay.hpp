/// Replay of a journal, in its order.
#pragma once

#include <weir/connectors/file/read.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/pull.hpp>
#include <weir/runtime/saturating.hpp>

#include <weir-enrich/journal/journal_reader.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace weir_enrich {

/// Reads a journal while it is replayed. The streams below share it on one strand. Each takes the
/// next entry only if the entry is of its kind, so everything happens in the order of the journal.
class journal_player {
public:
    journal_player(const std::filesystem::path& file, string_pool& strings,
                   std::shared_ptr<instrument_table> listed)
        : blocks_(weir::file::read(file)), reader_(file.string(), strings, std::move(listed)) {}

    /// The next entry. Null if it is not read yet (a wake-up is arranged) or at the end.
    const journal_entry* look(weir::poll_context& cx) {
        auto& entries = reader_.entries();
        if (entries.empty() && !over_) read(cx);
        return entries.empty() ? nullptr : &entries.front();
    }
    /// Precondition: `look` saw one of type T.
    template <class T>
    T take() {
        T next = std::get<T>(std::move(reader_.entries().front()));
        reader_.entries().pop_front();
        return next;
    }
    /// The state of a stream without an entry: finished, or pending.
    weir::poll_state without_entry() const noexcept {
        return over_ ? weir::poll_state::finished : weir::poll_state::pending;
    }
    /// The error in the journal; empty if there is none. All entries before it were replayed.
    const std::string& error() const noexcept { return reader_.error(); }

private:
    void read(weir::poll_context& cx) {
        const auto state = blocks_.poll(cx, [this](std::string&& block) {
            reader_.feed(block);
            return reader_.entries().empty() && reader_.error().empty();
        });
        if (state == weir::poll_state::finished) reader_.end();
        over_ = state == weir::poll_state::finished || !reader_.error().empty();
    }

    weir::file::block_stream blocks_;
    journal_reader reader_;
    bool over_ = false;  // there is nothing more to read
};

/// The changes of one table.
template <class Update>
class replayed_updates : public weir::pullable<replayed_updates<Update>> {
public:
    using value_type = Update;

    explicit replayed_updates(std::shared_ptr<journal_player> from) : player_(std::move(from)) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        for (;;) {
            const journal_entry* const next = player_->look(cx);
            if (!next) return player_->without_entry();
            // The entry is for another stream. The stream of trades arranges that all are polled.
            if (!std::holds_alternative<Update>(*next)) return weir::poll_state::pending;
            if (!sink(player_->template take<Update>())) return weir::poll_state::paused;
        }
    }

private:
    std::shared_ptr<journal_player> player_;
};

/// The trades, at their recorded times divided by `speed`; or, with a speed of 0, without delays.
class replayed_trades : public weir::pullable<replayed_trades> {
public:
    using value_type = trade;

    replayed_trades(std::shared_ptr<journal_player> from, double speed)
        : player_(std::move(from)), speed_(speed) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        for (;;) {
            const journal_entry* const next = player_->look(cx);
            if (!next) return player_->without_entry();
            const auto* const t = std::get_if<trade>(next);
            if (!t) {
                cx.wake();  // so that the joins poll their updates
                return weir::poll_state::pending;
            }
            if (speed_ != 0 && !is_due(cx, *t)) return weir::poll_state::pending;
            if (cx.grant(1) == 0) return weir::poll_state::pending;
            if (!sink(player_->take<trade>())) return weir::poll_state::paused;
        }
    }

private:
    bool is_due(weir::poll_context& cx, const trade& t) {
        if (!first_) {
            first_ = t.received;
            began_ = weir::clock_of(cx.executor()).now();
        }
        constexpr double year = 365.0 * 24 * 3600 * 1e9;
        const double after = static_cast<double>(t.received - *first_) / speed_;
        const std::chrono::nanoseconds wait(
            static_cast<std::int64_t>(std::clamp(after, 0.0, year)));
        return alarm_.reached(cx, weir::deadline_after(began_, wait));
    }

    std::shared_ptr<journal_player> player_;
    double speed_;
    std::optional<std::int64_t> first_;  // the recorded time of the first trade
    weir::clock::time_point began_{};    // when the replay passed it on
    weir::alarm alarm_;
};

}  // namespace weir_enrich
