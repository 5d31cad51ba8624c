#include "live_screen.hpp"

#include <spdlog/sinks/sink.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace weir_enrich {

namespace {

/// A log sink that removes the picture while another sink writes.
class sink_before final : public spdlog::sinks::sink {
public:
    sink_before(spdlog::sink_ptr to, live_screen& screen) : to_(std::move(to)), screen_(screen) {}

    void log(const spdlog::details::log_msg& message) override {
        screen_.write_before([this, &message] {
            to_->log(message);
            to_->flush();
        });
    }
    void flush() override { to_->flush(); }
    void set_pattern(const std::string& pattern) override { to_->set_pattern(pattern); }
    void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override {
        to_->set_formatter(std::move(formatter));
    }

private:
    spdlog::sink_ptr to_;
    live_screen& screen_;
};

void print(const std::string& bytes) {
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
    std::fflush(stdout);
}

}  // namespace

bool can_be_painted_on() {
    // Nothing changes the environment. NOLINTNEXTLINE(concurrency-mt-unsafe)
    const char* const terminal = std::getenv("TERM");
    if (!terminal || *terminal == '\0' || std::string_view(terminal) == "dumb") return false;
    return ::isatty(STDOUT_FILENO) == 1;
}

live_screen::live_screen() {
    if (::isatty(STDERR_FILENO) != 1) return;
    sinks_ = spdlog::default_logger()->sinks();
    for (spdlog::sink_ptr& s : spdlog::default_logger()->sinks()) {
        s = std::make_shared<sink_before>(s, *this);
    }
}

live_screen::~live_screen() {
    finish();
    if (!sinks_.empty()) spdlog::default_logger()->sinks() = sinks_;
}

terminal_size live_screen::size() {
    winsize said{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &said) != 0) return {};
    if (said.ws_col == 0 || said.ws_row == 0) return {};
    return {said.ws_col, said.ws_row};
}

void live_screen::show(picture what) {
    const std::lock_guard lock(mutex_);
    if (finished_) return;
    print(painter_.paint(what, size()));
    shown_ = std::move(what);
}

void live_screen::finish() {
    const std::lock_guard lock(mutex_);
    if (std::exchange(finished_, true)) return;
    print(painter_.finish(size()));
}

void live_screen::write_before(const std::function<void()>& lines) {
    const std::lock_guard lock(mutex_);
    if (finished_ || !shown_) return lines();
    print(painter_.erase(size()));
    lines();
    print(painter_.paint(*shown_, size()));
}

}  // namespace weir_enrich
