/// parallel: passes items through a function, or through operators, on several threads.
#pragma once

#include <weir/core/order.hpp>
#include <weir/core/pipe.hpp>
#include <weir/core/stage.hpp>
#include <weir/operators/detail/parallel_team.hpp>
#include <weir/operators/detail/parallel_worker.hpp>
#include <weir/operators/map.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/detail/segment.hpp>
#include <weir/runtime/pull.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// The options of `parallel`.
struct parallel_options {
    order results = order::as_given;
    asio::any_io_executor executor =
        {};                      ///< Where the workers run; empty: on the pipeline's executor.
    std::string_view name = {};  ///< The name in the function's errors; a string literal.
};

namespace detail {

/// The stage: sends chunks of items to its workers, and passes on their results.
template <class S, class Operators>
class parallel_stream : public pullable<parallel_stream<S, Operators>> {
    using In = item_t<S>;
    using made = decltype(std::declval<run_stream<In>>() | std::declval<Operators>());
    static_assert(stream<made>,
                  "weir::parallel: the operators must end in a stream; a terminal comes after it");

public:
    using value_type = item_t<made>;

    parallel_stream(S upstream, std::size_t workers, Operators operators, parallel_options how)
        : upstream_(std::move(upstream)),
          workers_(workers),
          operators_(std::move(operators)),
          how_(std::move(how)) {
        check_owned_items<made>();
    }

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        if (!team_) start(cx);
        for (bool ready = true;;) {
            // First, so that the workers have work while the consumer is busy.
            ready = ready && feed(cx);
            if (chunk* const first = team_->front()) {
                const poll_state state = hand_over(cx, *first, sink);
                if (state != poll_state::finished) return state;
                continue;
            }
            if (over_ && team_->all_back()) end();
            if (!team_->receive(cx)) return poll_state::pending;
            if (!team_->front()) return all_left();
        }
    }

private:
    using team = parallel_team<In, value_type>;
    using chunk = typename team::chunk;

    void start(poll_context& cx) {
        const auto where = how_.executor ? how_.executor : cx.executor();
        auto shared = std::make_shared<team>(workers_, how_.results);
        // The workers leave the team when this stream is destroyed.
        team_ = std::shared_ptr<team>(shared.get(), [shared](team* t) { t->disband(); });
        for (std::size_t i = 0; i != workers_; ++i) {
            using worker = parallel_worker<In, made>;
            auto fresh = counted_ptr<worker>::adopt(
                new worker(make_segment_executor(where), shared, i, operators_, cx.hold()));
            shared->enter(i, *fresh);
            fresh->enlist();
        }
    }

    /// Sends the items that upstream has ready, as far as there are free chunks. False when
    /// upstream has no more items for now; it is asked again only in another poll.
    bool feed(poll_context& cx) {
        if (over_ || team_->failed()) return false;
        if (!next_chunk()) return true;
        const poll_state state = poll_upstream(cx);
        // A chunk is sent at once even if it is not full.
        if (filling_ && !filling_->in.empty()) team_->send(*std::exchange(filling_, nullptr));
        if (state == poll_state::finished) set_over();
        return state == poll_state::paused;
    }

    poll_state poll_upstream(poll_context& cx) {
        try {
            return upstream_->poll(cx, [this](In&& x) -> bool {
                filling_->in.push_back(std::move(x));
                return filling_->in.size() < size_ || send_on();
            });
        } catch (...) {
            failure_ = std::current_exception();
        }
        return poll_state::finished;
    }
    /// False when there is no chunk for another item.
    bool send_on() {
        team_->send(*std::exchange(filling_, nullptr));
        return next_chunk();
    }
    bool next_chunk() {
        if (!filling_) filling_ = team_->free_chunk();
        size_ = team_->run_size();
        return filling_ != nullptr;
    }
    void set_over() {
        over_ = true;
        if (filling_) team_->put_back(*std::exchange(filling_, nullptr));
        upstream_.reset();
    }

    /// `finished` when all results of `from` are passed on.
    template <class Sink>
    poll_state hand_over(poll_context& cx, chunk& from, Sink& sink) {
        while (from.taken != from.out.size()) {
            std::size_t granted = cx.grant(from.out.size() - from.taken);
            if (granted == 0) return poll_state::pending;
            for (; granted != 0; --granted) {
                if (!sink(std::move(from.out[from.taken++]))) return poll_state::paused;
            }
        }
        auto error = std::move(from.error);
        team_->pop_front();
        if (error) std::rethrow_exception(std::move(error));
        return poll_state::finished;
    }

    /// Called when all results are passed on and no more chunks will be sent.
    void end() {
        if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
        team_->close();
    }

    poll_state all_left() const {
        if (team_->lost()) throw asio::system_error(asio::error::operation_aborted);
        return poll_state::finished;
    }

    std::optional<S> upstream_;  // empty once upstream has ended
    std::size_t workers_;
    Operators operators_;
    parallel_options how_;
    std::shared_ptr<team> team_;  // empty before the first poll
    chunk* filling_ = nullptr;
    std::size_t size_ = 0;        // the size of the chunk being filled
    std::exception_ptr failure_;  // upstream's failure: thrown after the results before it
    bool over_ = false;           // upstream has ended or failed
};

template <class Operators>
auto parallel_closure(std::size_t workers, Operators operators, parallel_options how) {
    if (workers == 0) throw std::invalid_argument("weir::parallel: there must be a worker");
    static_assert(std::copy_constructible<Operators>,
                  "weir::parallel: each worker has a copy of the function or the operators, so "
                  "they must be copyable");
    return pipe([workers, operators = std::move(operators), how = std::move(how)](auto upstream) {
        using S = decltype(upstream);
        check_owned_items<S>();
        return parallel_stream<S, Operators>(std::move(upstream), workers, operators, how);
    });
}

}  // namespace detail

/// Passes items through `work` on `n` workers; results come in order, or as completed.
///
///     lines | weir::parallel(4, hash)
///     lines | weir::parallel(4, parse, {.results = weir::order::as_completed, .name = "parse"})
///     blobs | weir::parallel(2, weir::map(inflate) | weir::filter(is_valid))
///
/// `work` is a function, or an operator. A function is called with each item as an rvalue, and its
/// results are passed on. An operator may drop items or add some. Each worker has its own copy of
/// `work`, used by one thread at a time. Data that the copies share must be thread-safe.
/// Items travel in chunks, so threads do not exchange single items. Chunks grow until one is worth
/// some 50 microseconds of work (at most 4,096 items, or 64 KiB). But a chunk never waits for an
/// item: the items that upstream has ready are sent at once. At most 4n chunks are under way or
/// wait to be passed on; then upstream waits (backpressure).
///
/// Executor: each worker is a separate task on the pipeline's executor, or on the given one. On a
/// single thread it works, but gains nothing. Start with one worker per core. The function may
/// block if the executor is meant for that. As for `on`: while workers run in another context, the
/// pipeline's own context must not be destroyed before the pipeline has completed.
/// Order: as given, unless `as_completed` is requested. With operators, it is the order of the
/// chunks: the results of a chunk stay together. Items that a worker's operators hold back (the
/// rest of a `batch`) come with a later chunk of that worker, or at the end. A worker whose
/// operators end by themselves (`take`) takes no more items, and drops the rest of its chunk. When
/// the operators of all workers have ended, the stage ends. A boundary (`buffer`, `on`) must not be
/// among the operators: its poll throws `std::logic_error`.
/// Errors: an exception of a function becomes a `stage_error` naming "parallel" and `name`. An
/// exception of an operator is handled as by that operator. With results as given, the error is
/// thrown after the results of all items before it; items after it may have been processed. A
/// failure of upstream is thrown after the results of the items before it. `std::invalid_argument`
/// if `n` is 0.
/// Cancellation: workers stop after their current item, and then the pipeline completes.
/// Cost: 3 to 5 ns per item (docs/benchmarks.md), and no allocation once the chunks have grown.
template <class Work>
auto parallel(std::size_t n, Work work, parallel_options how = {}) {
    if constexpr (closure<Work>) {
        return detail::parallel_closure(n, std::move(work), std::move(how));
    } else {
        const stage where("parallel", how.name);
        auto each = pipe([f = std::move(work), where](auto items) {
            using S = decltype(items);
            check_not_async<Work, item_t<S>>();
            static_assert(std::is_invocable_v<Work&, item_t<S>>,
                          "weir::parallel: the function cannot be called with the stream's items");
            return detail::map_stream<S, Work>(std::move(items), f, where);
        });
        return detail::parallel_closure(n, std::move(each), std::move(how));
    }
}

/// `parallel` in order, with a name for the function.
template <class F>
auto parallel(std::size_t n, F f, std::string_view name) {
    parallel_options how;
    how.name = name;
    return parallel(n, std::move(f), std::move(how));
}

}  // namespace weir
