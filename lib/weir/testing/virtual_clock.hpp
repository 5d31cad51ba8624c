/// Time that is moved by hand.
#pragma once

#include <weir/runtime/clock.hpp>

#include <cstddef>
#include <memory>
#include <optional>

namespace weir::testing {

/// A clock that stands still until `advance` is called. It begins at its epoch.
///
///     auto time = weir::testing::virtual_clock::install(io);
///     time->advance(50ms);   // wakes all whose deadline that reaches, in order of deadline
///
/// Every operator of weir that knows time follows it on the context it was installed on; your own
/// timers do as `asio::basic_waitable_timer<weir::testing::virtual_time>` (virtual_timer.hpp).
/// Thread-safe. Sleepers are woken on the calling thread; what they then do runs on theirs.
class virtual_clock final : public clock {
public:
    virtual_clock();
    ~virtual_clock() override;
    virtual_clock(const virtual_clock&) = delete;
    virtual_clock& operator=(const virtual_clock&) = delete;

    /// Makes one and puts it in the place of the context's clock. Before anything runs there.
    static std::shared_ptr<virtual_clock> install(asio::execution_context& context);

    time_point now() const noexcept override;
    std::unique_ptr<appointment> wake_at(time_point deadline, const asio::any_io_executor& executor,
                                         waker sleeper) override;

    /// Moves time forward and wakes those whose time has come.
    void advance(duration by);
    /// The same, to a point in time; one that is past changes nothing.
    void advance_to(time_point t);

    /// How many are waiting for a time that has not come.
    std::size_t sleepers() const;
    /// The earliest time that somebody waits for.
    std::optional<time_point> next_deadline() const;

private:
    struct book;
    class booked;

    // Shared with the appointments, which may outlive the clock.
    std::shared_ptr<book> book_;
};

}  // namespace weir::testing
