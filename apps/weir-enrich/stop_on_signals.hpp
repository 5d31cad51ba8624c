/// Ctrl-C, and SIGTERM.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/pipeline/pipeline.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

namespace weir_enrich {

/// The first SIGINT or SIGTERM drains a pipeline, which is cut off when it has not ended in time;
/// the second kills the program, as if it had never been caught. From construction to destruction;
/// one at a time. The pipeline must outlive it.
class stop_on_signals {
public:
    stop_on_signals(weir::pipeline& p, std::chrono::milliseconds within);
    stop_on_signals(const stop_on_signals&) = delete;
    stop_on_signals& operator=(const stop_on_signals&) = delete;
    ~stop_on_signals();

    /// Whether one came. Thread-safe.
    bool came() const noexcept { return came_.load(); }

private:
    void wait();

    weir::pipeline& pipeline_;
    std::chrono::milliseconds within_;
    std::atomic<bool> came_{false};
    asio::io_context context_{1};
    asio::signal_set signals_{context_, SIGINT, SIGTERM};
    std::thread thread_;
};

}  // namespace weir_enrich
