/// The live view of a run.
#pragma once

#include <weir-enrich/cli/painter.hpp>
#include <weir-enrich/model/enriched_trade.hpp>
#include <weir-enrich/model/run_state.hpp>
#include <weir-enrich/outputs/latencies.hpp>
#include <weir-enrich/outputs/window.hpp>

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace weir_enrich {

/// Gathers counts on one thread for display by another.
class live_view {
public:
    explicit live_view(const run_state& state);

    /// Adds trades that were written.
    void add(const std::vector<enriched_trade>& trades);

    /// One line about the time since the last call.
    std::string line();
    /// The same and more, for a terminal of this width. What does not fit is left out, or goes
    /// on a line of its own.
    weir_enrich::picture picture(int columns);

private:
    struct moment {
        double trades_a_second = 0;
        latencies delays;
        std::vector<instrument_statistics> top;
        std::vector<instrument_statistics> movers;
    };
    /// The counts since the last call.
    moment take();

    const run_state& state_;
    std::uint64_t emitted_before_ = 0;
    std::int64_t asked_before_;

    std::mutex mutex_;  // guards the members below
    latencies delays_;
    window window_;
};

}  // namespace weir_enrich
