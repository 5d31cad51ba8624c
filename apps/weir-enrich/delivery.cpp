#include "delivery.hpp"

#include <weir/connectors/sqlite/insert_into.hpp>
#include <weir/connectors/tcp/publish.hpp>
#include <weir/joins/fan_out.hpp>
#include <weir/operators/batch.hpp>
#include <weir/operators/flatten.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/parallel.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/into.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "encoder.hpp"
#include "in_runs.hpp"
#include "port.hpp"
#include "trade_run.hpp"

namespace weir_enrich {

namespace {

constexpr std::size_t trades_a_run = 256;

/// "a.csv, the standard output": what is said when they are cut off.
std::string names_of_files(const std::vector<place>& places) {
    std::string names;
    for (const place& p : places) {
        if (p.kind != place_kind::file && p.kind != place_kind::standard) continue;
        if (!names.empty()) names += ", ";
        names += p.kind == place_kind::standard ? "the standard output" : p.path;
    }
    return names.empty() ? "nothing" : names;
}

}  // namespace

delivery::delivery(const run_options& o, run_state& state, const observer& seen,
                   const asio::any_io_executor& executor)
    : options_(o), state_(state), seen_(seen), files_(o.out) {
    for (const place& to : o.out) {
        if (to.kind == place_kind::sqlite) databases_.emplace_back(to);
        if (to.kind == place_kind::tcp) {
            ports_.push_back({&to, open_port(to, executor, "subscribers")});
        }
    }
    if (o.figures) figures_.emplace(*o.figures);
    places_ = databases_.size() + ports_.size() + (figures_ ? 1 : 0);
    if (has_files()) ++places_;
}

void delivery::begin() {
    files_.begin();
    if (figures_) figures_->begin();
}

/// Who has no place at all wants to see the trades all the same, or to have them counted.
bool delivery::has_files() const noexcept {
    return !files_.empty() || (options_.out.empty() && !figures_);
}

void delivery::build(weir::pipeline& p, weir::any_stream<enriched_trade> trades,
                     kept_records kept) {
    fit_to_write fits(state_.counts, !databases_.empty());
    auto all = std::move(trades) |
               in_runs(std::make_shared<run_pool>(trades_a_run), state_.texts, std::move(fits)) |
               handed_over(kept);
    const encoder encode(formats_of(options_.out));
    if (options_.workers == 1) return hand_on(p, std::move(all) | weir::map(encode));
    hand_on(p, std::move(all) | weir::parallel(options_.workers, encode));
}

template <class Runs>
void delivery::hand_on(weir::pipeline& p, Runs all) {
    if (places_ == 1) {
        auto [to_write, written] = p.channel<shared_run>("written", runs_between);
        add_places(p, [&rx = written] { return std::move(rx); });
        p.add("enrich", std::move(all) | weir::into(std::move(to_write)));
        return;
    }
    weir::fan_out<shared_run> branches;
    add_places(p, [&branches] { return branches.branch(runs_between); });
    p.add("enrich", std::move(all) | weir::into(std::move(branches)));
}

template <class Next>
void delivery::add_places(weir::pipeline& p, Next next) {
    if (has_files()) add_files(p, next());
    for (open_output& to : ports_) add_port(p, to, next());
    for (sqlite_output& to : databases_) add_database(p, to, next());
    if (figures_) add_figures(p, next());
}

template <class Runs>
void delivery::add_files(weir::pipeline& p, Runs written) {
    const auto write = [this, &count = state_.counts.emitted.add_place()](const shared_run& run) {
        files_.write(*run);
        count.add(run->trades.size());
        if (seen_.on_written) seen_.on_written(run->trades);
    };
    p.add("write " + names_of_files(options_.out), std::move(written) | weir::for_each(write));
}

template <class Runs>
void delivery::add_port(weir::pipeline& p, open_output& to, Runs written) {
    weir::tcp::publish_options how;
    // Over before a drain is: a subscriber that takes nothing is cut short, and not the run cut
    // off.
    how.linger = options_.drain_within * 4 / 5;
    how.when_full = to.to->behind;
    how.max_subscribers = to.to->most;
    how.idle_timeout = to.to->idle;
    const auto log = std::make_shared<connection_log>(
        "subscriber", [](const std::string& line) { spdlog::info("{}", line); });
    how.on_event = [log, &counts = state_.connections](const weir::tcp::subscriber_event& e) {
        if (e.what == weir::tcp::connection_change::refused) counts.refuse();
        if (e.what == weir::tcp::connection_change::idle) counts.idle();
        if (e.what == weir::tcp::connection_change::cut_short) counts.cut_short();
        log->add(e.subscriber, weir::tcp::to_string(e.what));
    };
    // What is encoded, until it is written.
    const auto unwritten = std::make_shared<std::vector<shared_run>>();
    if (seen_.on_written) {
        how.on_block = [this, unwritten](std::size_t) {
            for (const shared_run& run : *unwritten) seen_.on_written(run->trades);
            unwritten->clear();
        };
    }
    const auto encode = [this, at = guard_of(to.to->format, options_.out), unwritten,
                         &count = state_.counts.emitted.add_place()](std::string& bytes,
                                                                     const shared_run& run) {
        bytes += run->bytes[at];
        count.add(run->trades.size());
        if (seen_.on_written) unwritten->push_back(run);
    };
    const std::string name = weir::tcp::to_string(to.port.local());
    p.add("publish " + name,
          std::move(written) | weir::tcp::publish(std::move(to.port), encode, std::move(how)),
          [name](const weir::tcp::publish_report& r) {
              spdlog::info("{}: {} subscribers came, {} were too slow and cut off", name,
                           r.subscribers, r.disconnected);
          });
}

template <class Runs>
void delivery::add_database(weir::pipeline& p, sqlite_output& to, Runs written) {
    const weir::batch_limits transaction{.max_items = sqlite_output::rows_a_commit,
                                         .wait = sqlite_output::longest_wait};
    auto trades = std::move(written) |
                  weir::map([](const shared_run& run) { return to_store(*run); }) |
                  weir::flatten() | weir::batch(transaction);
    auto insert = weir::sqlite::insert_into(to.database(), to.table(), to.columns(),
                                            to.options(state_.counts.emitted.add_place()));
    p.add(fmt::format("insert into {} ({})", to.database().file(), ++inserters_),
          std::move(trades) | std::move(insert), [&to](const weir::sqlite::load_report& r) {
              spdlog::info("{}: {} rows inserted into {}, in {} transactions", to.database().file(),
                           r.rows, to.table(), r.commits);
          });
}

template <class Runs>
void delivery::add_figures(weir::pipeline& p, Runs written) {
    const auto write = [this, &count = state_.counts.emitted.add_place()](const shared_run& run) {
        const left_out n = figures_->add(run->trades);
        state_.counts.late.add(n.late);
        state_.counts.ahead.add(n.ahead);
        count.add(run->trades.size());
    };
    p.add("write figures to " + options_.figures->to.text,
          std::move(written) | weir::for_each(write));
}

void delivery::close() {
    files_.close();
    if (figures_) figures_->close();
}

}  // namespace weir_enrich
