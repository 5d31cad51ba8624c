/// The supervisor starts a pipeline's segments, watches them and ends them.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/pipeline/detail/pipeline_parts.hpp>
#include <weir/pipeline/detail/segment_task.hpp>
#include <weir/pipeline/drain_report.hpp>
#include <weir/pipeline/restart.hpp>
#include <weir/pipeline/stop_signals.hpp>
#include <weir/runtime/callback.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/detail/completion.hpp>
#include <weir/runtime/detail/segment.hpp>

#include <absl/functional/any_invocable.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::detail {

/// A pending wait for `R`, with any handler type. Destroying it calls the handler.
template <class R>
class waiting_for {
public:
    virtual ~waiting_for() = default;
    virtual void settle(std::exception_ptr error, R value) = 0;

    std::uint64_t number = 0;  // identifies the wait when it is cancelled
};

/// Told of a failure.
using failure_listener = callback<const std::exception_ptr&>;

/// The state of a pipeline. Everything happens on its strand, in turns: what other threads and the
/// segments' ends have to say is written down, and then a turn is asked for.
///
/// It is a `segment`, so its context knows it and makes it release everything if the context is
/// destroyed first. It stays registered after the pipeline's end, until the pipeline is destroyed.
/// So it knows whether the context, on which handlers are called, still exists. Use
/// `weir::pipeline`, which owns one.
class supervisor final : public segment {
public:
    /// Errors: as the public functions of `pipeline`, which call these.
    static counted_ptr<supervisor> make(const asio::any_io_executor& executor,
                                        std::shared_ptr<pipeline_parts> parts);

    using factory = absl::AnyInvocable<std::unique_ptr<segment_task>()>;

    void add(std::string name, std::unique_ptr<segment_task> task);
    void add(std::string name, restart policy, factory make);

    template <class Handler>
    void run(Handler handler) {
        auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected()) {
            slot.assign([self = counted_ptr<supervisor>::share(this)](asio::cancellation_type) {
                self->cancel();
            });
        }
        begin(wait<std::monostate>(std::move(handler)));
    }

    template <class Handler>
    void drain(clock::duration deadline, Handler handler) {
        const std::uint64_t number = ++last_drain_;
        auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected()) {
            auto leave = [self = counted_ptr<supervisor>::share(this),
                          number](asio::cancellation_type) { self->leave_drain(number); };
            slot.assign(std::move(leave));
        }
        auto waiter = wait<drain_report>(std::move(handler));
        waiter->number = number;
        begin_drain(deadline, std::move(waiter));
    }

    void drain_on_signals(clock::duration deadline);
    void on_failure(failure_listener told);

    /// The pipeline is being destroyed.
    void detach() noexcept;

private:
    template <class R, class Handler>
    class waiter_of final : public waiting_for<R> {
        using result = std::conditional_t<std::is_same_v<R, std::monostate>, void, R>;

    public:
        waiter_of(Handler handler, const asio::any_io_executor& executor)
            : done_(std::move(handler), executor) {}
        void settle(std::exception_ptr error, R value) override {
            if (error) return done_.fail(std::move(error));
            done_.succeed([&] { return std::move(value); });
        }

    private:
        completion<result, Handler> done_;
    };

    template <class R, class Handler>
    std::unique_ptr<waiting_for<R>> wait(Handler handler) {
        auto executor = home();
        if (!executor) executor = executor_of(handler);
        return std::make_unique<waiter_of<R, Handler>>(std::move(handler), executor);
    }

    enum class phase : std::uint8_t { ready, running, over };

    // The state that a segment needs to be restarted.
    struct revival {
        revival(restart p, factory f)
            : policy(std::move(p)), make(std::move(f)), waits(policy.waits()) {}
        restart policy;
        factory make;
        backoff waits;
        unsigned attempts = 0;        // since the last attempt that ran well
        clock::time_point started{};  // of the last attempt
        clock::time_point due{};      // of the next attempt, while there is no task
        std::optional<alarm> alarm_at_due;
        bool last = false;  // there is no further attempt
    };
    struct member {
        std::string name;
        std::unique_ptr<segment_task> task;  // while the segment runs
        std::unique_ptr<revival> again;
        bool over = false;
        bool aborted = false;  // cancelled before its end
    };
    struct ended {
        std::size_t member;
        std::exception_ptr error;
    };
    // Requests from all threads.
    struct requests {
        std::unique_ptr<waiting_for<std::monostate>> run;
        std::vector<std::unique_ptr<waiting_for<drain_report>>> drains;
        std::vector<std::uint64_t> left;          // drains whose wait was cancelled
        std::optional<clock::duration> deadline;  // the shortest requested
        std::unique_ptr<stop_signals> signals;
        std::optional<clock::duration> signal_deadline;  // a new deadline for the signals
        bool detached = false;
    };

    supervisor(const asio::any_io_executor& executor, std::shared_ptr<pipeline_parts> parts);
    ~supervisor() override = default;

    asio::any_io_executor home();
    void add(member fresh);
    void begin(std::unique_ptr<waiting_for<std::monostate>> waiter);
    void begin_drain(clock::duration deadline, std::unique_ptr<waiting_for<drain_report>> waiter);
    void leave_drain(std::uint64_t number);

    bool advance() noexcept override;
    void release_resources() noexcept override;
    void let_go_of_segments() noexcept;

    void accept_requests();
    void accept_signals(requests& asked);
    void accept_deadline(clock::duration deadline);
    void tell_those_who_left(const std::vector<std::uint64_t>& left);
    void start_all();
    void start(std::size_t index);
    void note_ended();
    void note_failure(std::size_t index, std::exception_ptr error);
    bool try_again(std::size_t index, std::exception_ptr& error);
    void rest(member& m, const std::exception_ptr& error);
    void revive(poll_context& cx);
    void wait_for_signals();
    void keep_deadline(poll_context& cx);
    void cancel_all();
    bool all_over() const;
    void finish();
    drain_report report() const;
    std::exception_ptr result(const drain_report& last) const;

    const std::shared_ptr<pipeline_parts> parts_;
    std::atomic<std::uint64_t> last_drain_{0};  // counts; orders nothing

    std::mutex mutex_;            // guards the members up to the next gap
    asio::any_io_executor home_;  // the user's executor; empty once its context is destroyed
    requests requests_;
    drain_report last_report_;
    bool asked_to_run_ = false;
    bool catches_signals_ = false;
    bool over_ = false;
    failure_listener on_failure_;  // once it runs, the strand's alone
    std::vector<member> members_;  // once it runs, the strand's alone

    // Used by the strand only.
    phase phase_ = phase::ready;
    std::vector<ended> ended_;
    std::unique_ptr<waiting_for<std::monostate>> run_;
    std::vector<std::unique_ptr<waiting_for<drain_report>>> drains_;
    std::optional<clock::duration> time_to_drain_;  // until the deadline is known
    std::optional<clock::time_point> deadline_;
    std::optional<alarm> alarm_;
    std::optional<asio::executor_work_guard<asio::any_io_executor>> work_;
    std::exception_ptr failure_;  // the first
    std::unique_ptr<stop_signals> signals_;
    bool draining_ = false;
    bool cancelling_ = false;
    bool late_ = false;  // the deadline has passed
    bool detached_ = false;
};

}  // namespace weir::detail
