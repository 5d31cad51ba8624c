#include "outputs.hpp"

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
#include <weir-enrich/endpoints/port.hpp>
#include <weir-enrich/outputs/encoder.hpp>
#include <weir-enrich/outputs/pooled_chunks.hpp>
#include <weir-enrich/outputs/trade_chunk.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weir_enrich {

namespace {

constexpr std::size_t trades_per_chunk = 256;

/// "a.csv, the standard output": for the message when they are cut off.
std::string names_of_files(const std::vector<endpoint>& endpoints) {
    std::string names;
    for (const endpoint& p : endpoints) {
        if (p.kind != endpoint_kind::file && p.kind != endpoint_kind::standard) continue;
        if (!names.empty()) names += ", ";
        names += p.kind == endpoint_kind::standard ? "the standard output" : p.path;
    }
    return names.empty() ? "nothing" : names;
}

}  // namespace

outputs::outputs(const run_options& o, run_state& state, const observer& seen,
                 const asio::any_io_executor& executor)
    : options_(o), state_(state), seen_(seen), files_(o.out) {
    for (const endpoint& to : o.out) {
        if (to.kind == endpoint_kind::sqlite) databases_.emplace_back(to);
        if (to.kind == endpoint_kind::tcp) {
            ports_.push_back({&to, open_port(to, executor, "subscribers")});
        }
    }
    if (o.statistics) statistics_.emplace(*o.statistics);
    outputs_ = databases_.size() + ports_.size() + (statistics_ ? 1 : 0);
    if (has_files()) ++outputs_;
}

void outputs::begin() {
    files_.begin();
    if (statistics_) statistics_->begin();
}

/// Without any output the trades are still counted, or given to the observer.
bool outputs::has_files() const noexcept {
    return !files_.empty() || (options_.out.empty() && !statistics_);
}

void outputs::build(weir::pipeline& p, weir::any_stream<enriched_trade> trades,
                    record_files records) {
    writable_check fits(state_.counts, !databases_.empty());
    auto all = std::move(trades) |
               pooled_chunks(std::make_shared<chunk_pool>(trades_per_chunk), state_.strings,
                             std::move(fits)) |
               flush_records(records);
    const encoder encode(formats_of(options_.out));
    if (options_.workers == 1) return distribute(p, std::move(all) | weir::map(encode));
    distribute(p, std::move(all) | weir::parallel(options_.workers, encode));
}

template <class Chunks>
void outputs::distribute(weir::pipeline& p, Chunks all) {
    if (outputs_ == 1) {
        auto [to_write, written] = p.channel<shared_chunk>("written", chunks_between);
        add_outputs(p, [&rx = written] { return std::move(rx); });
        p.add("enrich", std::move(all) | weir::into(std::move(to_write)));
        return;
    }
    weir::fan_out<shared_chunk> branches;
    add_outputs(p, [&branches] { return branches.branch(chunks_between); });
    p.add("enrich", std::move(all) | weir::into(std::move(branches)));
}

template <class Next>
void outputs::add_outputs(weir::pipeline& p, Next next) {
    if (has_files()) add_files(p, next());
    for (open_output& to : ports_) add_port(p, to, next());
    for (sqlite_output& to : databases_) add_database(p, to, next());
    if (statistics_) add_statistics(p, next());
}

template <class Chunks>
void outputs::add_files(weir::pipeline& p, Chunks written) {
    const auto write = [this,
                        &count = state_.counts.emitted.add_output()](const shared_chunk& chunk) {
        files_.write(*chunk);
        count.add(chunk->trades.size());
        if (seen_.on_written) seen_.on_written(chunk->trades);
    };
    p.add("write " + names_of_files(options_.out), std::move(written) | weir::for_each(write));
}

template <class Chunks>
void outputs::add_port(weir::pipeline& p, open_output& to, Chunks written) {
    weir::tcp::publish_options how;
    // Shorter than the drain: a subscriber that takes nothing is cut short before the whole run is.
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
    // The chunks that are encoded but not written yet.
    const auto unwritten = std::make_shared<std::vector<shared_chunk>>();
    if (seen_.on_written) {
        how.on_block = [this, unwritten](std::size_t) {
            for (const shared_chunk& chunk : *unwritten) seen_.on_written(chunk->trades);
            unwritten->clear();
        };
    }
    const auto encode = [this, at = format_index(to.to->format, options_.out), unwritten,
                         &count = state_.counts.emitted.add_output()](std::string& bytes,
                                                                      const shared_chunk& chunk) {
        bytes += chunk->bytes[at];
        count.add(chunk->trades.size());
        if (seen_.on_written) unwritten->push_back(chunk);
    };
    const std::string name = weir::tcp::to_string(to.port.local());
    p.add("publish " + name,
          std::move(written) | weir::tcp::publish(std::move(to.port), encode, std::move(how)),
          [name](const weir::tcp::publish_report& r) {
              spdlog::info("{}: {} subscribers came, {} were too slow and cut off", name,
                           r.subscribers, r.disconnected);
          });
}

template <class Chunks>
void outputs::add_database(weir::pipeline& p, sqlite_output& to, Chunks written) {
    const weir::batch_limits transaction{.max_items = sqlite_output::rows_a_commit,
                                         .wait = sqlite_output::longest_wait};
    auto trades = std::move(written) |
                  weir::map([](const shared_chunk& chunk) { return to_store(*chunk); }) |
                  weir::flatten() | weir::batch(transaction);
    auto insert = weir::sqlite::insert_into(to.database(), to.table(), to.columns(),
                                            to.options(state_.counts.emitted.add_output()));
    p.add(fmt::format("insert into {} ({})", to.database().file(), ++inserters_),
          std::move(trades) | std::move(insert), [&to](const weir::sqlite::load_report& r) {
              spdlog::info("{}: {} rows inserted into {}, in {} transactions", to.database().file(),
                           r.rows, to.table(), r.commits);
          });
}

template <class Chunks>
void outputs::add_statistics(weir::pipeline& p, Chunks written) {
    const auto write = [this,
                        &count = state_.counts.emitted.add_output()](const shared_chunk& chunk) {
        const left_out n = statistics_->add(chunk->trades);
        state_.counts.late.add(n.late);
        state_.counts.ahead.add(n.ahead);
        count.add(chunk->trades.size());
    };
    p.add("write figures to " + options_.statistics->to.text,
          std::move(written) | weir::for_each(write));
}

void outputs::close() {
    files_.close();
    if (statistics_) statistics_->close();
}

}  // namespace weir_enrich
