/// virtual_clock: time that is moved by hand.
#pragma once

#include <weir/runtime/clock.hpp>

#include <cstddef>
#include <memory>
#include <optional>

namespace weir::testing {

/// A clock that stands still until `advance` is called. It begins at its epoch.
///
///     auto time = weir::testing::virtual_clock::install(io);
///     time->advance(50ms);   // wakes all deadlines up to then, in order
///
/// Every operator of weir that uses time follows the clock on the context where it is installed.
/// Your own timers do so as `asio::basic_waitable_timer<weir::testing::virtual_time>`
/// (virtual_timer.hpp). Thread-safe. Sleepers are woken on the calling thread; their work runs on
/// their own threads.
class virtual_clock final : public clock {
public:
    virtual_clock();
    ~virtual_clock() override;
    virtual_clock(const virtual_clock&) = delete;
    virtual_clock& operator=(const virtual_clock&) = delete;

    /// Makes a clock and replaces the context's clock with it. Call it before anything runs on the
    /// context.
    static std::shared_ptr<virtual_clock> install(asio::execution_context& context);

    time_point now() const noexcept override;
    std::unique_ptr<appointment> wake_at(time_point deadline, const asio::any_io_executor& executor,
                                         waker sleeper) override;

    /// Moves time forward and wakes all sleepers with a deadline up to then.
    void advance(duration by);
    /// The same, up to a point in time. A time in the past changes nothing.
    void advance_to(time_point t);

    /// How many sleepers wait for a deadline in the future.
    std::size_t sleepers() const;
    /// The earliest deadline of a sleeper.
    std::optional<time_point> next_deadline() const;

private:
    struct book;
    class booked;

    // Shared with the appointments, which may outlive the clock.
    std::shared_ptr<book> book_;
};

}  // namespace weir::testing
