/// What a pipeline is made of, by name.
#pragma once

#include <weir/joins/detail/branch_edge.hpp>
#include <weir/pipeline/detail/channel_counters.hpp>
#include <weir/pipeline/detail/source_gate.hpp>
#include <weir/pipeline/detail/stage_counters.hpp>
#include <weir/pipeline/graph.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace weir::detail {

/// The parts of a pipeline that its streams refer to, shared with them; and where each one is: a
/// part that is piped belongs to the segment that is added next, or whose factory is being called.
/// Thread-safe.
class pipeline_parts {
public:
    explicit pipeline_parts(std::string name);

    const std::shared_ptr<const std::string>& name() const noexcept { return name_; }

    /// The counters of a source or a stage, made when first asked for.
    /// Errors: `std::invalid_argument` for an empty name, or a source's as a stage's or the
    /// reverse; `std::logic_error` while another stream uses them.
    counters_use place_stage(const std::string& name, stage_role role);
    /// The gate of the source of that name, which has been placed.
    std::shared_ptr<source_gate> gate(const std::string& source);
    /// Shuts the gates of all sources, also of those to come.
    void shut_sources();

    /// Errors: `std::invalid_argument` for an empty name or one that is taken.
    std::shared_ptr<channel_counters> add_channel(const std::string& name, std::size_t capacity);
    void place_sender(const std::string& channel);
    void place_receiver(const std::string& channel);

    /// What was piped since the last one, or will be in a `building`, is this segment's.
    void add_segment(const std::string& name);

    void count_restart(const std::string& segment);

    /// While it lives, what this thread pipes belongs to `segment`.
    class building {
    public:
        building(const pipeline_parts& parts, const std::string& segment) noexcept;
        building(const building&) = delete;
        building& operator=(const building&) = delete;
        ~building();

    private:
        std::pair<const pipeline_parts*, const std::string*> before_;
    };

    weir::graph graph() const;

private:
    // A place that is not known yet, or never will be, is empty.
    struct stage_entry {
        std::shared_ptr<stage_counters> counters;
        std::shared_ptr<source_gate> gate;  // of a source
        std::string segment;
    };
    struct segment_entry {
        std::string name;
        std::uint64_t restarts = 0;
    };
    struct channel_entry {
        std::shared_ptr<channel_counters> counters;
        std::string from;
        std::string to;
    };

    // A branch of a fan_out or a partition, known once one of its ends is piped.
    struct branch_entry {
        std::shared_ptr<const branch_edge> edge;
        std::string from;
        std::string to;
    };

    std::invalid_argument refusal(const std::string& why) const;
    void place(std::string& where);
    void place_branches(const std::string& segment);
    void add_branches(weir::graph& g) const;
    std::vector<graph_stage> stages_of(const std::string& segment) const;
    stage_entry* find_stage(const std::string& name);
    channel_entry* find_channel(const std::string& name);

    const std::shared_ptr<const std::string> name_;
    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<stage_entry>> stages_;      // as they were first piped
    std::vector<std::unique_ptr<channel_entry>> channels_;  // as they were made
    std::vector<branch_entry> branches_;                    // as they were first piped
    std::vector<segment_entry> segments_;
    std::vector<std::string*> unplaced_;  // for the segment that is added next
    bool shut_ = false;
};

}  // namespace weir::detail
