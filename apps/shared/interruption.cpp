#include <shared/interruption.hpp>
#include <spdlog/spdlog.h>

#include <csignal>

namespace weir_apps {

interruption::interruption() {
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
        if (stop_.request_stop()) {
            spdlog::warn("interrupted: ending in good order; once more ends at once");
            wait();
        } else {
            std::signal(signal, SIG_DFL);
            std::raise(signal);
        }
    });
}

}  // namespace weir_apps
