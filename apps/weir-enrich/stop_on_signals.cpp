#include "stop_on_signals.hpp"

#include <spdlog/spdlog.h>

#include <csignal>
#include <exception>

namespace weir_enrich {

stop_on_signals::stop_on_signals(weir::pipeline& p, std::chrono::milliseconds within)
    : pipeline_(p), within_(within) {
    wait();
    thread_ = std::thread([this] { context_.run(); });
}

stop_on_signals::~stop_on_signals() {
    context_.stop();
    thread_.join();
}

void stop_on_signals::wait() {
    signals_.async_wait([this](const std::error_code& error, int signal) {
        if (error) return;
        if (came_.exchange(true)) {
            std::signal(signal, SIG_DFL);
            std::raise(signal);
            return;
        }
        spdlog::warn("interrupted: ending in good order; once more ends at once");
        // Who waits for the pipeline sees how it ends.
        pipeline_.drain(within_, [](const std::exception_ptr&, const weir::drain_report&) {});
        wait();
    });
}

}  // namespace weir_enrich
