/// pipeline: the owner of several segments.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/core/pipe.hpp>
#include <weir/pipeline/detail/counted_stage.hpp>
#include <weir/pipeline/detail/pipeline_parts.hpp>
#include <weir/pipeline/detail/segment_task.hpp>
#include <weir/pipeline/detail/source.hpp>
#include <weir/pipeline/detail/supervisor.hpp>
#include <weir/pipeline/drain_report.hpp>
#include <weir/pipeline/graph.hpp>
#include <weir/pipeline/pipeline_channel.hpp>
#include <weir/pipeline/pipeline_error.hpp>
#include <weir/pipeline/restart.hpp>
#include <weir/pipeline/reusable_sender.hpp>

#include <concepts>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace weir {

/// Owns the segments of a service: starts them, names them, and ends them together.
///
///     weir::pipeline p("load", rt.executor());
///     auto [tx, rows] = weir::channel<row>(128);
///     p.add("read", csv::read(file) | p.source("csv") | weir::map(parse) |
///                       weir::into(std::move(tx)));
///     p.add("write", std::move(rows) | weir::for_each(store));
///     co_await p.run();
///
/// The first failure cancels the other segments. The pipeline is over when every segment has
/// released its resources; only then does `run` complete.
///
/// Thread-safe: every function but the constructor, the destructor and moves may be called on any
/// thread at any time. Destroying it cancels the running segments and does not wait: `run()` then
/// completes with `operation_aborted`, after the segments have released their resources. Destroying
/// its context first abandons the segments, as everywhere in weir; the pipeline may be destroyed
/// afterwards.
class pipeline {
public:
    /// A pipeline that runs on `executor`, each segment on its own strand.
    /// Errors: `std::invalid_argument` for an empty name.
    pipeline(std::string name, const asio::any_io_executor& executor);
    pipeline(pipeline&&) noexcept = default;
    pipeline& operator=(pipeline&&) = delete;
    ~pipeline();

    const std::string& name() const noexcept { return *parts_->name(); }

    /// Adds a segment: `stream | terminal`, or an `asio::awaitable<void>`. It starts with `run`.
    ///
    /// Errors: `std::invalid_argument` for an empty name or one that is already used;
    /// `std::logic_error` after `run`.
    template <class Operation>
    void add(std::string name, Operation operation) {
        if constexpr (detail::check_segment<Operation>()) {
            const detail::segment_name full(parts_->name(), name);
            supervisor_->add(std::move(name), detail::make_task(std::move(operation), full));
        }
    }

    /// The same for a segment with a result: `take(result)` is called when the segment is over and
    /// has not failed. `take` runs on the pipeline's strand. An exception that it throws is a
    /// failure of the segment.
    ///
    ///     p.add("write", rows | sqlite::insert_into(db, "people"),
    ///           [&](sqlite::load_report r) { report = r; });
    template <class Operation, class Take>
    void add(std::string name, Operation operation, Take take) {
        if constexpr (detail::check_segment<Operation>()) {
            const detail::segment_name full(parts_->name(), name);
            auto task = detail::make_task(std::move(operation), full, std::move(take));
            supervisor_->add(std::move(name), std::move(task));
        }
    }

    /// Adds a segment that is restarted when it fails: `make()` makes its operation anew for each
    /// attempt. See `restart` for the policy, and `make_reusable` for a sender that survives an
    /// attempt.
    ///
    ///     p.add("feed", weir::restart{.max_attempts = 5, .on_failure = log},
    ///           [&] { return connect() | p.source("feed") | weir::for_each(store); });
    ///
    /// `make` is called on the pipeline's strand, first by `run`; if it throws, the attempt has
    /// failed. When all attempts have failed, the pipeline fails with the last one's error. A drain
    /// ends a wait and makes one last attempt, whose sources end at once. A cancellation ends a
    /// wait. An error that came through a channel from another segment causes no restart. Errors:
    /// as `add`, and `std::invalid_argument` for an invalid policy.
    template <class Make>
        requires std::invocable<Make&>
    void add(std::string name, restart policy, Make make) {
        if constexpr (detail::check_segment<std::invoke_result_t<Make&>>()) {
            const detail::segment_name full(parts_->name(), name);
            supervisor_->add(std::move(name), std::move(policy),
                             [make = std::move(make), full]() mutable {
                                 return detail::make_task(make(), full);
                             });
        }
    }

    /// Runs all segments and completes when all are over, with any completion token. A handler
    /// without its own executor is called on the pipeline's executor, also after the end. The same
    /// holds for `drain`.
    ///
    ///     co_await p.run();
    ///     p.run([](std::exception_ptr error) { ... });
    ///
    /// Errors: the first failure, as a `pipeline_error` that names its segment and stage. Failures
    /// that only follow from it are not reported: those of cancelled segments, and that of a
    /// downstream segment that received the error through a channel, even if that segment ends
    /// first. A `pipeline_error` whose cause is `timed_out` if a drain's deadline cut segments off.
    /// `std::logic_error` if it is run a second time. Cancellation: cancels all segments; completes
    /// with `operation_aborted`, or without an error if all had ended by then.
    template <class Token = asio::use_awaitable_t<>>
    auto run(Token&& token = Token()) {
        auto initiation = [](auto handler, const counted_ptr<detail::supervisor>& s) {
            s->run(std::move(handler));
        };
        return asio::async_initiate<Token, void(std::exception_ptr)>(std::move(initiation), token,
                                                                     supervisor_);
    }

    /// Calls `told` with the first failure, the one that `run` will report: when it happens,
    /// and not only when all segments have let go. So a program learns of it while a segment waits
    /// for something that no cancellation ends, such as a write to a pipe that nothing reads.
    ///
    ///     p.on_failure([&](const std::exception_ptr&) { limit.begin(); });
    ///
    /// `told` is called on the pipeline's strand, at most once, before the other segments are
    /// cancelled; it must not throw. Not called for a cancellation, nor for the deadline of a
    /// drain. Errors: `std::logic_error` after `run`.
    void on_failure(callback<const std::exception_ptr&> told) {
        supervisor_->on_failure(std::move(told));
    }

    /// Cancels all segments. Does not wait; `run` completes when they have let go.
    void cancel() noexcept { supervisor_->cancel(); }

    /// Marks a source: `stream | p.source("csv")` ends when the pipeline is drained, as if the
    /// stream had ended there; also one that waits. Its items are counted. Directly behind a
    /// `tcp::receive` or a `codec::decode` it counts their faults as `rejected`.
    ///
    /// Errors, when it is piped: as for `stage`.
    auto source(std::string name) {
        return weir::pipe([parts = parts_, name = std::move(name)](auto upstream) {
            auto counters = parts->place_stage(name, stage_role::source);
            return detail::source_stream<decltype(upstream)>(std::move(upstream), parts->gate(name),
                                                             std::move(counters));
        });
    }

    /// A part of a chain that keeps a ledger: `stream | p.stage("parse", map(...) | filter(...))`.
    ///
    /// It may hold steps that pass, leave out or gather items (see stage_step.hpp); other steps do
    /// not compile there. The stage belongs to the segment that is added next, so build each chain
    /// in the call of `add`. `graph()` shows its ledger. Errors, when it is piped:
    /// `std::invalid_argument` for an empty name or a name that is also a source's;
    /// `std::logic_error` while another stream uses the stage. After that stream is destroyed, a
    /// new one continues the ledger (as in a segment that is restarted).
    /// Cost: about 0.6 ns an item over the same steps uncounted (g++ 12, AMD EPYC).
    template <class Apply>
    auto stage(std::string name, pipe_closure<Apply> steps) {
        return weir::pipe([parts = parts_, name = std::move(name),
                           steps = std::move(steps)](auto upstream) mutable {
            auto counters = parts->place_stage(name, stage_role::stage);
            return detail::counted(std::move(upstream), std::move(steps), std::move(counters));
        });
    }

    /// A channel between two segments. The graph shows it and its contents.
    ///
    ///     auto [tx, rx] = p.channel<row>("rows", 128);
    ///
    /// The ends are a `sender` and a `receiver`, used as those of `weir::channel`. The graph learns
    /// from `into(std::move(tx))` and `std::move(rx) | ...` which segments they connect. Errors: as
    /// `weir::channel`; `std::invalid_argument` for an empty name or one that is already used.
    /// Cost: that of `weir::channel`; counting costs nothing.
    template <class T>
    pipeline_channel_ends<T> channel(const std::string& name, std::size_t capacity) {
        return detail::make_pipeline_channel<T>(parts_, name, capacity);
    }

    /// The pipeline as data: its parts, with their ledgers. May be called at any time, from any
    /// thread.
    weir::graph graph() const { return parts_->graph(); }

    /// Ends the pipeline in good order. It stops the sources and lets the items under way reach the
    /// sinks (partial batches too). It completes when all segments are over. Segments that still
    /// run after `deadline` are cancelled.
    ///
    ///     const auto report = co_await p.drain(5s);
    ///
    /// Yields a `drain_report`. May be called at any time and any number of times: the earliest
    /// deadline counts, and all callers get the report. Before `run` it completes at once, and the
    /// sources of a later `run` end at once. A segment must not await the drain of its own
    /// pipeline: the drain would wait for the segment, and cut it off at the deadline. Request the
    /// drain there with `asio::detached`, and end. Time is that of the executor's clock. Errors:
    /// only that of a cancellation. Cancellation: ends this wait only, with `operation_aborted`;
    /// the drain continues. To end the pipeline call `cancel()`.
    template <class Token = asio::use_awaitable_t<>>
    auto drain(clock::duration deadline, Token&& token = Token()) {
        auto initiation = [](auto handler, const counted_ptr<detail::supervisor>& s,
                             clock::duration d) { s->drain(d, std::move(handler)); };
        return asio::async_initiate<Token, void(std::exception_ptr, drain_report)>(
            std::move(initiation), token, supervisor_, deadline);
    }

    /// Makes SIGINT and SIGTERM drain the pipeline; a second signal cancels it at once. The signals
    /// are caught from now until the pipeline is over or destroyed. Only one pipeline of a process
    /// should use it, because each one that does gets every signal. It does not keep the context
    /// busy once the pipeline is over. Another call sets a new deadline and forgets no signal: a
    /// signal that came before counts as the first, and the earlier of both deadlines counts.
    void drain_on_signals(clock::duration deadline) { supervisor_->drain_on_signals(deadline); }

private:
    std::shared_ptr<detail::pipeline_parts> parts_;
    counted_ptr<detail::supervisor> supervisor_;
};

}  // namespace weir
