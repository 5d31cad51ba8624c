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

/// A segment, with its stages in the order in which items meet them.
struct graph_segment {
    std::string name;
    std::vector<graph_stage> stages;
    std::uint64_t restarts = 0;  ///< How often it was started again (see restart.hpp).
};

/// A channel from one segment to another; an end whose segment is not known is empty.
struct graph_channel {
    std::string name;
    std::string from;
    std::string to;
    std::size_t capacity = 0;
    ledger items;
};

/// What `pipeline::graph` gives: segments in the order they were added (and last, without a name,
/// one with the stages whose segment is not known), channels in the order they were made, and then
/// the branches of a `fan_out` or `partition` between two of its segments ("branch 1", "branch 2",
/// in the order in which their ends were piped); all with their ledgers as of now. Each ledger is a
/// consistent snapshot; two of them need not be of the same moment.
struct graph {
    std::string name;
    std::vector<graph_segment> segments;
    std::vector<graph_channel> channels;
};

/// The graph for Graphviz: a box a segment with a line a stage, an arrow a channel. The same graph
/// gives the same text; without `ledgers` it depends on the shape alone.
std::string to_dot(const graph& g, bool ledgers = true);

}  // namespace weir
