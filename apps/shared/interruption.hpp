/// Ctrl-C, and SIGTERM.
#pragma once

#include <weir/core/asio.hpp>

#include <stop_token>
#include <thread>

namespace weir_apps {

/// Turns the first SIGINT or SIGTERM into a stop request; the second kills the program, as if it
/// had never been caught. From construction to destruction; one at a time.
class interruption {
public:
    interruption();
    interruption(const interruption&) = delete;
    interruption& operator=(const interruption&) = delete;
    ~interruption();

    /// Asked to stop once a signal came. Thread-safe.
    std::stop_token token() const noexcept { return stop_.get_token(); }

private:
    void wait();

    std::stop_source stop_;
    asio::io_context context_{1};
    asio::signal_set signals_{context_, SIGINT, SIGTERM};
    std::thread thread_;
};

}  // namespace weir_apps
