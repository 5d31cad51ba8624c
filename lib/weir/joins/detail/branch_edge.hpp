/// The information about the branches of a `fan_out` or a `partition` in a pipeline's graph.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace weir::detail {

/// The progress of a branch. In this snapshot, `given` includes the items that were lost and those
/// that are inside.
struct branch_progress {
    std::uint64_t given = 0;
    std::uint64_t lost = 0;
    std::uint64_t inside = 0;
};

/// A branch, seen from outside. Thread-safe.
class branch_edge {
public:
    branch_edge() = default;
    branch_edge(const branch_edge&) = delete;
    branch_edge& operator=(const branch_edge&) = delete;
    virtual ~branch_edge() = default;

    virtual std::size_t capacity() const = 0;
    virtual branch_progress progress() const = 0;
};

/// An end of a branch that was piped.
struct piped_end {
    std::weak_ptr<const branch_edge> edge;
    bool feeds;  // the end that items go into
};

/// Notes that this thread has piped an end of a branch. A branch belongs to no pipeline, so the
/// note waits here until the thread adds a segment to a pipeline. Notes of branches destroyed
/// before then are dropped.
void note_piped(const std::shared_ptr<const branch_edge>& edge, bool feeds);

/// Returns the ends that this thread has piped since the last call.
std::vector<piped_end> take_piped();

}  // namespace weir::detail
