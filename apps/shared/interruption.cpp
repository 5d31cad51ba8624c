#include <shared/interruption.hpp>
#include <shared/leave_process.hpp>
#include <spdlog/spdlog.h>

#include <csignal>
#include <utility>

namespace weir_apps {

interruption::interruption() : interruption(end_limit()) {}

interruption::interruption(end_limit limit) : limit_(std::move(limit)) {
    wait();
    thread_ = std::thread([this] { context_.run(); });
}

interruption::~interruption() {
    context_.stop();
    thread_.join();
}

void interruption::wait() {
    signals_.async_wait([this](const std::error_code& error, int signal) {
        if (error) return;
        if (!stop_.stop_requested()) {
            watch();
            wait();
            // This thread enforces the time limit, so it must not wait for standard error.
            if (can_tell()) {
                spdlog::warn("interrupted: ending in good order; once more ends at once");
            }
            stop_.request_stop();
        } else {
            std::signal(signal, SIG_DFL);
            std::raise(signal);
        }
    });
}

void interruption::begin_limit() {
    asio::post(context_, [this] { watch(); });
}

void interruption::watch() {
    if (!limit_.late || std::exchange(watched_, true)) return;
    end_.expires_after(limit_.within);
    end_.async_wait([this](const std::error_code& error) {
        if (!error) limit_.late();
    });
}

}  // namespace weir_apps
