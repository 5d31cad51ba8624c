#include "progress.hpp"

#include <fmt/format.h>
#include <shared/whole_program.hpp>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "text.hpp"

namespace weir_load {

namespace {

/// Too narrow for a bar, and wide enough for all else.
constexpr std::size_t plain_width = 100;

std::size_t terminal_width() {
    winsize size{};
    constexpr std::size_t usual = 80;
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0 ? size.ws_col : usual;
}

std::string json_number(std::optional<double> number) {
    return number ? fmt::format("{:.3f}", *number) : "null";
}

}  // namespace

progress_mode resolve(progress_mode mode) {
    if (mode != progress_mode::automatic) return mode;
    return ::isatty(STDERR_FILENO) == 1 ? progress_mode::bar : progress_mode::none;
}

std::optional<double> load_state::share() const {
    if (!total_bytes || *total_bytes == 0) return std::nullopt;
    return std::min(1.0, static_cast<double>(bytes) / static_cast<double>(*total_bytes));
}

std::optional<double> load_state::seconds_left() const {
    const auto done = share();
    if (!done || *done == 0) return std::nullopt;
    return seconds * (1 - *done) / *done;
}

std::string bar_line(const load_state& state, std::size_t width) {
    std::string facts = fmt::format("{}  {}/s", counted(state.rows, "row", "rows"),
                                    grouped(static_cast<std::uint64_t>(state.rows_per_second())));
    if (state.rejected != 0) facts += fmt::format("  {} rejected", grouped(state.rejected));
    const auto share = state.share();
    if (!share) return fmt::format("{}  {}", facts, duration(state.seconds)).substr(0, width - 1);
    const auto left = state.seconds_left();
    facts = fmt::format("{:3.0f} %  {}  {}", *share * 100, facts,
                        left ? duration(*left) + " left" : "");
    // One column stays free: a terminal may wrap a line that fills it.
    constexpr std::size_t frame = 5;
    constexpr std::size_t least = 8;
    constexpr std::size_t most = 40;
    if (facts.size() + frame + least > width) return facts.substr(0, width - 1);
    const std::size_t room = std::min(most, width - facts.size() - frame);
    const auto filled = static_cast<std::size_t>(*share * static_cast<double>(room));
    return fmt::format("[{}{}] {}", std::string(filled, '#'), std::string(room - filled, '.'),
                       facts);
}

std::string json_members(const load_state& state) {
    return fmt::format(R"("rows":{},"rejected":{},"bytes":{},"total_bytes":{},"seconds":{:.3f},)"
                       R"("rows_per_second":{:.0f},"seconds_left":{})",
                       state.rows, state.rejected, state.bytes,
                       state.total_bytes ? std::to_string(*state.total_bytes) : "null",
                       state.seconds, state.rows_per_second(), json_number(state.seconds_left()));
}

std::chrono::milliseconds progress::interval() const {
    // Other programs need no smooth updates, and with `none` nothing is shown.
    switch (mode_) {
        case progress_mode::bar:
            return std::chrono::milliseconds(100);
        case progress_mode::json:
            return std::chrono::milliseconds(250);
        case progress_mode::plain:
            return std::chrono::seconds(5);
        default:
            return std::chrono::hours(1);
    }
}

load_state progress::state() const {
    const std::chrono::duration<double> since = clock::now() - started_;
    return {load_counts::get(counts_.rows), counts_.rejected(), load_counts::get(counts_.next_byte),
            total_bytes_, since.count()};
}

void progress::show() {
    if (mode_ == progress_mode::bar) {
        weir_apps::print_error("\r\x1b[K" + bar_line(state(), terminal_width()));
    } else if (mode_ == progress_mode::json) {
        // A closed reader does not end the load; the end of the load reports it.
        std::printf("%s\n",
                    fmt::format("{{\"event\":\"progress\",{}}}", json_members(state())).c_str());
        std::fflush(stdout);
    } else if (mode_ == progress_mode::plain) {
        weir_apps::print_error(bar_line(state(), plain_width) + '\n');
    }
}

void progress::say(std::string_view what) {
    if (mode_ == progress_mode::bar) weir_apps::print_error(fmt::format("\r\x1b[K{}", what));
}

void progress::clear() {
    if (mode_ == progress_mode::bar) weir_apps::print_error("\r\x1b[K");
}

}  // namespace weir_load
