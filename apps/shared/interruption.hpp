/// Ctrl-C, and SIGTERM.
#pragma once

#include <weir/core/asio.hpp>

#include <asio.hpp>

#include <chrono>
#include <functional>
#include <stop_token>
#include <thread>

namespace weir_apps {

/// How long an interrupted program may take to end, and what happens when it takes longer.
struct end_limit {
    std::chrono::milliseconds within;
    /// Called on the thread that waits for signals, whatever the other threads wait for. As a rule
    /// it ends the process: see `leave_process`.
    std::function<void()> late;
};

/// Turns the first SIGINT or SIGTERM into a stop request. The second kills the program, as if it
/// were not caught. It works from construction to destruction; one object at a time.
class interruption {
public:
    interruption();
    /// The same with a time limit: `late` is called if this object still exists that long after the
    /// first signal, or after `begin_limit`.
    explicit interruption(end_limit limit);
    interruption(const interruption&) = delete;
    interruption& operator=(const interruption&) = delete;
    ~interruption();

    /// Requested to stop after a signal. Thread-safe.
    std::stop_token token() const noexcept { return stop_.get_token(); }

    /// The time of the limit begins now, if no signal began it before: the program has failed and
    /// is ending. Thread-safe.
    void begin_limit();

private:
    void wait();
    void watch();

    end_limit limit_{};
    std::stop_source stop_;
    asio::io_context context_{1};
    asio::signal_set signals_{context_, SIGINT, SIGTERM};
    asio::steady_timer end_{context_};
    bool watched_ = false;  // of the context's thread
    std::thread thread_;
};

}  // namespace weir_apps
