/// What became of a drain.
#pragma once

#include <weir/pipeline/graph.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

enum class drain_outcome : std::uint8_t {
    not_running,  ///< There was nothing to drain: the pipeline had not been run.
    drained,      ///< All that the sources had handed on was worked off.
    cut_off,      ///< The deadline came first; what still ran was cancelled.
    cancelled,    ///< The pipeline was cancelled meanwhile.
    failed        ///< A segment failed meanwhile; `run()` tells with what.
};

/// What `pipeline::drain` yields.
struct drain_report {
    drain_outcome outcome = drain_outcome::not_running;
    std::vector<std::string> cut_off;  ///< The segments the deadline cut off, as they were added.
    weir::graph state;                 ///< The pipeline as it was then, with its ledgers.

    bool drained() const noexcept { return outcome == drain_outcome::drained; }
};

}  // namespace weir
