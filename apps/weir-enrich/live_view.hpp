/// What is seen of a run while it is under way.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "enriched_trade.hpp"
#include "latencies.hpp"
#include "painter.hpp"
#include "run.hpp"
#include "window.hpp"

namespace weir_enrich {

/// Gathers on one thread what another shows.
class live_view {
public:
    explicit live_view(const run_state& state);

    /// Trades that were written.
    void add(const std::vector<enriched_trade>& trades);

    /// A line of what happened since it was asked before.
    std::string line();
    /// The same and more, for a terminal that is so wide: what has no room is left out, or stands
    /// on a line of its own.
    weir_enrich::picture picture(int columns);

private:
    struct moment {
        double trades_a_second = 0;
        latencies delays;
        std::vector<instrument_figures> top;
        std::vector<instrument_figures> movers;
    };
    /// What happened since it was asked before.
    moment take();

    const run_state& state_;
    std::uint64_t emitted_before_ = 0;
    std::int64_t asked_before_;

    std::mutex mutex_;  // what follows is shared
    latencies delays_;
    window window_;
};

}  // namespace weir_enrich
