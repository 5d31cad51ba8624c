/// \file
/// insert_into: writes a stream of batches into a table.
#pragma once

#include <weir/connectors/sqlite/batch_writer.hpp>
#include <weir/runtime/async_operation.hpp>
#include <weir/sinks/into.hpp>

#include <atomic>
#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::sqlite {

namespace detail {

/// The sink of `insert_into` (see `weir::sink_for`): passes batches to the database's thread, a few
/// at a time.
template <class Batch>
class insert_sink {
public:
    using row_type = std::ranges::range_value_t<Batch>;

    insert_sink(database& db, std::string table, std::vector<std::string> columns,
                batch_writer_options<row_type> options)
        : work_(std::make_shared<work>(db, std::move(table), std::move(columns),
                                       std::move(options))) {}
    insert_sink(insert_sink&&) noexcept = default;
    insert_sink& operator=(insert_sink&&) = delete;
    ~insert_sink() {
        if (!scope_ || finished_) return;
        // Cancelled or failed: the uncommitted rows are rolled back on the database's thread, and
        // no lock is awaited any longer. The ticket makes the pipeline's completion wait for that.
        // Only this load is stopped: other users of the database continue.
        work_->given_up.store(true);
        work_->db.waits().look_again();
        const auto executor = work_->db.executor();
        asio::post(executor, [w = std::move(work_), scope = std::move(scope_)]() mutable {
            w->writer.reset();
        });
    }

    bool poll_ready(poll_context& cx) {
        context_ = &cx;
        take_results(cx);
        return running_.size() < most_running;
    }

    void push(Batch&& batch) {
        run([w = work_, rows = std::move(batch)] { w->writer->write(rows); });
    }

    bool poll_flush(poll_context& cx) {
        context_ = &cx;
        if (!std::exchange(finishing_, true)) {
            run([w = work_] {
                w->report = w->writer->finish();
                w->writer.reset();  // here, on the thread that may drop its statements
            });
        }
        take_results(cx);
        finished_ = running_.empty();
        return finished_;
    }

    load_report result() const { return work_->report; }

private:
    // Used only by the database's thread once the first batch was posted.
    struct work {
        work(database& d, std::string table, std::vector<std::string> columns,
             batch_writer_options<row_type> options)
            : db(d),
              writer(std::in_place, d, std::move(table), std::move(columns), std::move(options)) {}
        database& db;
        std::optional<batch_writer<row_type>> writer;
        load_report report;
        std::atomic<bool> given_up{false};  // false -> true once, by the sink's destructor
    };

    /// One batch is being written, and one is ready, so the database's thread need not wait for it.
    static constexpr std::size_t most_running = 2;

    template <class F>
    void run(F f) {
        if (!scope_) scope_ = context_->hold();
        running_.emplace_back().start(*context_, [&](auto handler) {
            asio::post(work_->db.executor(),
                       [w = work_, f = std::move(f), handler = std::move(handler)]() mutable {
                           auto error = failure_of(*w, std::move(f));
                           w.reset();  // before the pipeline can complete
                           handler(std::move(error));
                       });
        });
    }

    /// Returns the exception of `f`. The rows in `f` are destroyed when this returns, before the
    /// pipeline can complete.
    template <class F>
    // NOLINTNEXTLINE(performance-unnecessary-value-param): it must be destroyed here
    static std::exception_ptr failure_of(work& w, F f) noexcept {
        if (w.given_up.load()) return nullptr;  // its result is not read
        try {
            const interruptible scope(w.db, w.given_up);
            f();
        } catch (...) {
            return std::current_exception();
        }
        return nullptr;
    }

    /// Takes the finished operations, in order; throws the first failure.
    void take_results(poll_context& cx) {
        while (!running_.empty()) {
            const auto done = running_.front().poll(cx);
            if (!done) return;
            running_.pop_front();
            if (std::get<0>(*done)) std::rethrow_exception(std::get<0>(*done));
        }
    }

    std::shared_ptr<work> work_;
    std::deque<weir::async_operation<std::exception_ptr>> running_;
    poll_context* context_ = nullptr;  // of the current turn
    ticket scope_;
    bool finishing_ = false;
    bool finished_ = false;
};

}  // namespace detail

/// Writes batches (sized ranges of rows, see row.hpp) into columns of a table; without `columns`,
/// into all columns in the table's order. Commits as a `batch_writer` does.
///
///     people | weir::batch(5'000) | sqlite::insert_into(db, "people")
///     people | weir::batch(5'000) |
///         sqlite::insert_into<person>(db, "people", {}, {.on_reject = log_reject})
///
/// Runs on the database's own thread, and so do the callbacks of the options. Meanwhile the
/// upstream continues, by at most two batches. Yields a `load_report` once everything is committed.
///
/// Errors: those of `batch_writer`; on these, and when the upstream fails, the uncommitted rows are
/// rolled back. A rejected row is no error. Cancellation: ends a wait for a lock and the running
/// statement, and rolls back to the last commit before the terminal completes. To keep all rows
/// received so far, end the stream instead. A second load on the same database during the first one
/// fails at its first batch, because a connection has one transaction; the first load is not
/// affected. The database must outlive the pipeline. Other code may use it meanwhile through its
/// executor only. The pipeline's execution context must outlive the database, whose thread posts to
/// it until the end: declare the runtime first.
template <class Row>
auto insert_into(database& db, std::string table, std::vector<std::string> columns,
                 batch_writer_options<Row> options) {
    return terminal_closure([&db, table = std::move(table), columns = std::move(columns),
                             options = std::move(options)]<class S>(const S&) mutable {
        using sink = detail::insert_sink<item_t<S>>;
        static_assert(std::is_same_v<typename sink::row_type, Row>,
                      "weir: sqlite::insert_into: the rows of the batches are of another type than "
                      "its options");
        check_owned_items<S>();
        return weir::detail::sink_terminal<sink>(
            sink(db, std::move(table), std::move(columns), std::move(options)));
    });
}

inline auto insert_into(database& db, std::string table, std::vector<std::string> columns = {}) {
    return terminal_closure(
        [&db, table = std::move(table), columns = std::move(columns)]<class S>(const S&) mutable {
            static_assert(std::ranges::sized_range<item_t<S>>,
                          "weir: sqlite::insert_into takes batches of rows: put weir::batch(5'000) "
                          "before it.");
            using sink = detail::insert_sink<item_t<S>>;
            check_owned_items<S>();
            return weir::detail::sink_terminal<sink>(
                sink(db, std::move(table), std::move(columns), {}));
        });
}

}  // namespace weir::sqlite
