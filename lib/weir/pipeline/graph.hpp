/// The graph of a pipeline, as data.
#pragma once

#include <weir/pipeline/ledger.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weir {

enum class stage_role : std::uint8_t { source, stage };

/// A source or a counted stage.
struct graph_stage {
    std::string name;
    stage_role role = stage_role::stage;
    ledger items;
};

/// A segment, with its stages in the order in which items pass them.
struct graph_segment {
    std::string name;
    std::vector<graph_stage> stages;
    std::uint64_t restarts = 0;  ///< How often it was restarted (see restart.hpp).
};

/// A channel from one segment to another. An end is empty if its segment is not known.
struct graph_channel {
    std::string name;
    std::string from;
    std::string to;
    std::size_t capacity = 0;
    ledger items;
};

/// The result of `pipeline::graph`. Segments are in the order in which they were added; a last one,
/// without a name, has the stages whose segment is not known. Channels are in the order in which
/// they were made. After them come the branches of a `fan_out` or `partition` between two segments
/// ("branch 1", "branch 2", in the order in which their ends were piped). Each ledger is a
/// consistent snapshot of its part; two ledgers need not be of the same moment.
struct graph {
    std::string name;
    std::vector<graph_segment> segments;
    std::vector<graph_channel> channels;
};

/// The graph in Graphviz' DOT language: a box for each segment with a line for each stage, and an
/// arrow for each channel. The same graph gives the same text; without `ledgers` the text depends
/// on the shape only.
std::string to_dot(const graph& g, bool ledgers = true);

}  // namespace weir
