/// Does again what a journal says, in the same order.
#pragma once

#include <weir/connectors/file/read.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/pull.hpp>
#include <weir/runtime/saturating.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "journal_reader.hpp"

namespace weir_enrich {

/// A journal that is read on while it is played. Used by one strand: the three streams below share
/// it, and each takes the next entry only if it is its own. So everything happens in the order of
/// the journal.
class tape {
public:
    tape(const std::filesystem::path& file, texts& texts, std::shared_ptr<instrument_table> listed)
        : blocks_(weir::file::read(file)), reader_(file.string(), texts, std::move(listed)) {}

    /// The next entry; null when there is none yet (a wake-up is arranged) or none any more.
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
    /// What a stream is that has no entry: over, or waiting for one.
    weir::poll_state without_entry() const noexcept {
        return over_ ? weir::poll_state::finished : weir::poll_state::pending;
    }
    /// What was wrong with the journal; empty when nothing was. All before it was played.
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
    bool over_ = false;  // nothing more is to be read
};

/// The changes of one table, as the join asks for them.
template <class Update>
class replayed_updates : public weir::pullable<replayed_updates<Update>> {
public:
    using value_type = Update;

    explicit replayed_updates(std::shared_ptr<tape> from) : tape_(std::move(from)) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        for (;;) {
            const journal_entry* const next = tape_->look(cx);
            if (!next) return tape_->without_entry();
            // Another's: the trades' stream sees to it that everybody is asked.
            if (!std::holds_alternative<Update>(*next)) return weir::poll_state::pending;
            if (!sink(tape_->template take<Update>())) return weir::poll_state::paused;
        }
    }

private:
    std::shared_ptr<tape> tape_;
};

/// The trades; at the times at which they were taken, divided by `speed`, or (0) as they are asked
/// for.
class replayed_trades : public weir::pullable<replayed_trades> {
public:
    using value_type = trade;

    replayed_trades(std::shared_ptr<tape> from, double speed)
        : tape_(std::move(from)), speed_(speed) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        for (;;) {
            const journal_entry* const next = tape_->look(cx);
            if (!next) return tape_->without_entry();
            const auto* const t = std::get_if<trade>(next);
            if (!t) {
                cx.wake();  // the joins ask for their updates first
                return weir::poll_state::pending;
            }
            if (speed_ != 0 && !is_due(cx, *t)) return weir::poll_state::pending;
            if (cx.grant(1) == 0) return weir::poll_state::pending;
            if (!sink(tape_->take<trade>())) return weir::poll_state::paused;
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

    std::shared_ptr<tape> tape_;
    double speed_;
    std::optional<std::int64_t> first_;  // when the first was taken, in the journal's time
    weir::clock::time_point began_{};    // and in ours
    weir::alarm alarm_;
};

}  // namespace weir_enrich
