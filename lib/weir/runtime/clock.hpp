/// Time, as streams see it.
///
/// Every operator that knows about time asks the clock of its execution context, so that a test
/// can put a clock there that is moved by hand.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/core/poll.hpp>

#include <chrono>
#include <memory>

namespace weir {

/// A source of time and of wake-ups at a time. Thread-safe.
///
/// A duration that means "never" is `clock::duration::max()`, wherever the library takes one: what
/// lies too far ahead to be counted does not come (`deadline_after`, saturating.hpp). Of another
/// unit it is not: `std::chrono::hours::max()` overflows where it is converted, before the library
/// sees it.
class clock {
public:
    using duration = std::chrono::steady_clock::duration;
    using time_point = std::chrono::steady_clock::time_point;

    /// A wake-up that has been asked for. Destroying it takes the request back.
    class appointment {
    public:
        appointment() = default;
        appointment(const appointment&) = delete;
        appointment& operator=(const appointment&) = delete;
        virtual ~appointment() = default;
    };

    virtual ~clock() = default;
    virtual time_point now() const noexcept = 0;
    /// Wakes `sleeper` once, when `now()` has reached `deadline`; at once if it has already.
    /// `time_point::max()` means never: no wake-up is arranged.
    virtual std::unique_ptr<appointment> wake_at(time_point deadline,
                                                 const asio::any_io_executor& executor,
                                                 waker sleeper) = 0;
};

/// The clock of the context that `executor` runs on: the steady clock, unless `set_clock` changed
/// it. Thread-safe.
clock& clock_of(const asio::any_io_executor& executor);

/// Puts `replacement` in the place of the context's clock. Call it before anything runs there.
void set_clock(asio::execution_context& context, std::shared_ptr<clock> replacement);

/// One deadline of an operator that waits for time: ask `reached` in each poll.
///
///     if (alarm_.reached(cx, deadline_)) flush();   // else a wake-up at the deadline is arranged
///
/// Not thread-safe: part of its stream.
class alarm {
public:
    /// True when the time has come. Otherwise arranges that the poller is woken then; not at all
    /// for `time_point::max()`, which never comes.
    bool reached(poll_context& cx, clock::time_point deadline);
    /// Forgets the wake-up.
    void cancel() noexcept { appointment_.reset(); }

private:
    std::unique_ptr<clock::appointment> appointment_;
    clock::time_point deadline_{};
    waker sleeper_;
};

}  // namespace weir
