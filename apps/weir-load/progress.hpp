/// The display of a running load.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "load_counts.hpp"

namespace weir_load {

/// `plain` is a line on stderr every few seconds.
enum class progress_mode { automatic, bar, plain, json, none };

/// `automatic` becomes `bar` if stderr is a terminal, else `none`.
progress_mode resolve(progress_mode mode);

/// The state of a load at one moment.
struct load_state {
    std::uint64_t rows = 0;
    std::uint64_t rejected = 0;
    std::uint64_t bytes = 0;
    std::optional<std::uint64_t> total_bytes;
    double seconds = 0;

    double rows_per_second() const { return seconds > 0 ? static_cast<double>(rows) / seconds : 0; }
    /// From 0 to 1; nothing if the total is not known.
    std::optional<double> share() const;
    /// Nothing until it can be estimated.
    std::optional<double> seconds_left() const;
};

/// One line for a terminal of `width` columns, without a line end.
std::string bar_line(const load_state& state, std::size_t width);
/// The state as members of a JSON object, without the braces.
std::string json_members(const load_state& state);

/// Shows a load: as a bar on stderr, as JSON on stdout (one object per line), or not at all.
class progress {
public:
    progress(progress_mode mode, std::optional<std::uint64_t> total_bytes,
             const load_counts& counts)
        : mode_(resolve(mode)), total_bytes_(total_bytes), counts_(counts) {}

    /// The time between two calls of `show`.
    std::chrono::milliseconds interval() const;
    /// Shows the current state.
    void show();
    /// Shows the current activity in place of the bar.
    void say(std::string_view what);
    /// Clears the bar, so that the next output starts in its place.
    void clear();

    progress_mode mode() const noexcept { return mode_; }
    load_state state() const;

private:
    using clock = std::chrono::steady_clock;

    progress_mode mode_;
    std::optional<std::uint64_t> total_bytes_;
    const load_counts& counts_;
    clock::time_point started_ = clock::now();
};

}  // namespace weir_load
