/// The parts of a pipeline, by name.
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

/// The parts of a pipeline to which its streams refer, shared with the streams. It also knows each
/// part's segment: a part that is piped belongs to the segment that is added next, or to the one
/// whose factory is running. Thread-safe.
class pipeline_parts {
public:
    explicit pipeline_parts(std::string name);

    const std::shared_ptr<const std::string>& name() const noexcept { return name_; }

    /// The counters of a source or a stage, created at the first call. Errors:
    /// `std::invalid_argument` for an empty name, or if the name is used as a source and as a
    /// stage; `std::logic_error` while another stream uses them.
    counters_use place_stage(const std::string& name, stage_role role);
    /// The gate of the source of that name. The source was placed before.
    std::shared_ptr<source_gate> gate(const std::string& source);
    /// Shuts the gates of all sources, also of sources that are placed later.
    void shut_sources();

    /// Errors: `std::invalid_argument` for an empty name or one that is already used.
    std::shared_ptr<channel_counters> add_channel(const std::string& name, std::size_t capacity);
    void place_sender(const std::string& channel);
    void place_receiver(const std::string& channel);

    /// Parts piped since the last call, or within a `building`, belong to this segment.
    void add_segment(const std::string& name);

    void count_restart(const std::string& segment);

    /// While it exists, parts that this thread pipes belong to `segment`.
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
    // `segment` is empty until it is known, or for ever.
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

    // A branch of a fan_out or a partition, recorded once one of its ends is piped.
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
    std::vector<std::unique_ptr<stage_entry>> stages_;      // in the order of piping
    std::vector<std::unique_ptr<channel_entry>> channels_;  // in the order of creation
    std::vector<branch_entry> branches_;                    // in the order of piping
    std::vector<segment_entry> segments_;
    std::vector<std::string*> unplaced_;  // belong to the segment that is added next
    bool shut_ = false;
};

}  // namespace weir::detail
