/// probe_sink: a consumer that takes one item at a time, when the test says so.
#pragma once

#include <weir/core/stage.hpp>
#include <weir/core/waker.hpp>
#include <weir/runtime/terminal.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/expect.hpp>

#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <source_location>
#include <string>
#include <typeinfo>
#include <utility>

namespace weir::testing {

namespace detail {

/// The state shared by a probe and its pipeline.
template <class T>
struct probe_state {
    std::mutex mutex;
    std::size_t demanded = 0;  // demanded, and not yet delivered
    std::deque<T> items;
    waker_slot waiting;
};

/// The terminal: takes as many items as are demanded. As in every pull, an end is seen only with a
/// demand after the last item.
template <class T>
class probe_terminal {
public:
    explicit probe_terminal(std::shared_ptr<probe_state<T>> s) : state_(std::move(s)) {}
    probe_terminal(probe_terminal&&) noexcept = default;
    probe_terminal& operator=(probe_terminal&&) = delete;
    ~probe_terminal() {
        if (state_) state_->waiting.disarm();
    }

    template <class S>
    poll_state poll(poll_context& cx, S& stream) {
        for (;;) {
            state_->waiting.arm(cx.poller());
            if (!wanted()) return poll_state::pending;
            const poll_state state = stream.poll(cx, [this](item_t<S>&& x) -> bool {
                const std::lock_guard lock(state_->mutex);
                state_->items.push_back(std::move(x));
                return --state_->demanded != 0;
            });
            if (state != poll_state::paused) return state;
        }
    }
    void result() {}

private:
    bool wanted() const {
        const std::lock_guard lock(state_->mutex);
        return state_->demanded != 0;
    }

    std::shared_ptr<probe_state<T>> state_;
};

}  // namespace detail

/// Runs a stream on a context and takes its items one at a time, with expectations:
///
///     probe_sink out(ctx, source.stream() | weir::map(twice));
///     out.expect_nothing();       // asks for an item; there is none yet
///     source.give(1);
///     out.expect(2);              // that item
///     source.end();
///     out.expect_end();
///
/// Each expectation first demands an item, unless one is demanded already. Then it lets the context
/// run as far as possible (`settle`: time does not move). An expectation that fails throws
/// `expectation_error`. Its text contains the source location, the expected value and the actual
/// one, so no test framework is needed. The destructor cancels the pipeline. Not thread-safe; the
/// context must outlive the probe.
template <class T>
class probe_sink {
public:
    template <test_context Context, class S>
    probe_sink(Context& ctx, S stream) : settle_([&ctx] { settle(ctx); }) {
        auto make = [state = state_](const auto&) { return detail::probe_terminal<T>(state); };
        outcome_ = start(ctx, std::move(stream) | terminal_closure(std::move(make)),
                         cancellation_->slot());
        // The pipeline may complete after the probe is destroyed, and then it clears its slot.
        outcome_->on_completion = [signal = cancellation_] {};
    }
    probe_sink(probe_sink&&) = delete;
    probe_sink& operator=(probe_sink&&) = delete;
    ~probe_sink() {
        if (!outcome_->done) cancellation_->emit(asio::cancellation_type::terminal);
    }

    /// Demands `n` further items and runs nothing, for a test that looks at the state in between.
    void demand(std::size_t n = 1) {
        {
            const std::lock_guard lock(state_->mutex);
            state_->demanded += n;
        }
        state_->waiting.wake();
    }

    /// The next item. Throws if no item has come, or if none can follow.
    T take(std::source_location where = std::source_location::current()) {
        ask();
        auto item = front();
        if (!item) detail::fail_expectation("expected an item, but " + what_came(), where);
        return *std::move(item);
    }
    /// Expects that the next item is `wanted`.
    template <class U>
    void expect(const U& wanted, std::source_location where = std::source_location::current()) {
        ask();
        auto item = front();
        if (item && *item == wanted) return;
        const std::string came = item ? "there came " + show(*item) : what_came();
        detail::fail_expectation("expected " + show(wanted) + ", but " + came, where);
    }
    /// Expects that neither an item nor the end has come yet.
    void expect_nothing(std::source_location where = std::source_location::current()) {
        ask();
        auto item = front();
        if (!item && !outcome_->done) return;
        const std::string came = item ? "there came " + show(*item) : what_came();
        detail::fail_expectation("expected nothing yet, but " + came, where);
    }
    /// Expects the end: no item is left, and the pipeline has completed.
    void expect_end(std::source_location where = std::source_location::current()) {
        ask();
        auto item = front();
        if (!item && outcome_->done && !outcome_->error) return;
        const std::string came = item ? "there came " + show(*item) : what_came();
        detail::fail_expectation("expected the end, but " + came, where);
    }
    /// Expects a failure: no item is left, and the pipeline fails with an `Error`, which is
    /// returned.
    template <class Error>
    Error expect_error(std::source_location where = std::source_location::current()) {
        ask();
        auto item = front();
        if (!item && outcome_->error) {
            try {
                std::rethrow_exception(outcome_->error);
            } catch (const Error& e) {
                return e;
            } catch (...) {  // NOLINT(bugprone-empty-catch): reported below
            }
        }
        const std::string came = item ? "there came " + show(*item) : what_came();
        detail::fail_expectation("expected a failure, but " + came, where);
    }

    /// Cancels the pipeline and lets it complete.
    void cancel() {
        cancellation_->emit(asio::cancellation_type::terminal);
        settle_();
    }

    /// Whether the pipeline has completed.
    bool done() const noexcept { return outcome_->done; }

private:
    void ask() {
        {
            const std::lock_guard lock(state_->mutex);
            if (state_->items.empty() && state_->demanded == 0) state_->demanded = 1;
        }
        state_->waiting.wake();
        settle_();
    }
    std::optional<T> front() {
        const std::lock_guard lock(state_->mutex);
        if (state_->items.empty()) return std::nullopt;
        std::optional<T> item = std::move(state_->items.front());
        state_->items.pop_front();
        return item;
    }
    std::string what_came() const {
        if (!outcome_->done) return "nothing has come yet: the stream waits";
        if (!outcome_->error) return "the stream has ended";
        return "the pipeline has failed: " + describe(outcome_->error);
    }

    std::function<void()> settle_;
    std::shared_ptr<detail::probe_state<T>> state_ = std::make_shared<detail::probe_state<T>>();
    std::shared_ptr<asio::cancellation_signal> cancellation_ =
        std::make_shared<asio::cancellation_signal>();
    std::shared_ptr<outcome<void>> outcome_;
};

template <class Context, class S>
probe_sink(Context&, S) -> probe_sink<item_t<S>>;

}  // namespace weir::testing
