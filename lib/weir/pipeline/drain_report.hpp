/// The result of a drain.
#pragma once

#include <weir/pipeline/graph.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

enum class drain_outcome : std::uint8_t {
    not_running,  ///< There was nothing to drain: the pipeline had not been run.
    drained,      ///< All items that the sources had handed on were processed.
    cut_off,      ///< The deadline passed first; the remaining segments were cancelled.
    cancelled,    ///< The pipeline was cancelled meanwhile.
    failed        ///< A segment failed meanwhile; `run()` reports the error.
};

/// The result of `pipeline::drain`.
struct drain_report {
    drain_outcome outcome = drain_outcome::not_running;
    std::vector<std::string> cut_off;  ///< The segments cut off by the deadline, as they were
                                       ///< added.
    weir::graph state;                 ///< The pipeline at that moment, with its ledgers.

    bool drained() const noexcept { return outcome == drain_outcome::drained; }
};

}  // namespace weir
