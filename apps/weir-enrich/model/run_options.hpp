/// What a run was asked to do.
#pragma once

#include <weir-enrich/model/endpoint.hpp>
#include <weir-enrich/model/on_missing.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace weir_enrich {

/// Where the trades come from.
struct input_options {
    endpoint from;
    std::uint64_t seed = 1;
    std::uint64_t rate = 0;              ///< the generator's trades a second; 0: no limit
    std::optional<std::uint64_t> count;  ///< the input ends after so many trades
};

/// Where a table comes from that changes while trades pass.
struct changing_table_options {
    endpoint from;
    std::uint64_t seed = 1;
    std::uint64_t changes_a_second = 0;  ///< of the generator
};

/// How long a window is, and by what it slides.
struct window_options {
    std::chrono::nanoseconds length = std::chrono::seconds(60);
    std::chrono::nanoseconds slide = std::chrono::seconds(1);  ///< `length` is a multiple of it
    /// A trade is left out if it is later than the newest period by more than this, unless
    /// `window::believed_after` such trades come in a row. 0: every later trade moves the window.
    std::chrono::nanoseconds max_jump{0};
};

/// Where the statistics go (--figures).
struct statistics_options {
    endpoint to;
    window_options window;              ///< a period is what the window slides by
    std::optional<std::size_t> movers;  ///< only the instruments whose price moved the most
};

/// The options of `weir-enrich run` and `weir-enrich replay`.
struct run_options {
    input_options trades;
    endpoint instruments;
    changing_table_options accounts;
    changing_table_options rates;
    on_missing missing = on_missing::drop;
    std::chrono::milliseconds patience{0};  ///< how long a trade waits, with on_missing::wait
    endpoint side_output;          ///< for trades with a missing key; an empty path: there is none
    std::filesystem::path record;  ///< the journal to write; empty: none
    std::filesystem::path replay;  ///< the journal that trades and tables come from; or empty
    double speed = 0;              ///< of a replay; 0: as fast as possible
    std::vector<endpoint> out;
    std::optional<statistics_options> statistics;
    std::size_t workers = 1;
    bool latency = false;  ///< print how long trades took, at the end
    std::chrono::milliseconds drain_within{5'000};
};

}  // namespace weir_enrich
