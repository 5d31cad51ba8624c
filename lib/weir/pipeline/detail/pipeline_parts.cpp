#include <weir/pipeline/detail/pipeline_parts.hpp>

#include <algorithm>
#include <stdexcept>

namespace weir::detail {

namespace {

// The segment whose factory this thread is calling, and that segment's pipeline.
thread_local std::pair<const pipeline_parts*, const std::string*> being_built{nullptr, nullptr};

template <class Entry>
Entry* find(const std::vector<std::unique_ptr<Entry>>& entries, const std::string& name) {
    const auto same = [&](const auto& entry) { return entry->counters->name() == name; };
    const auto found = std::find_if(entries.begin(), entries.end(), same);
    return found == entries.end() ? nullptr : found->get();
}

}  // namespace

pipeline_parts::pipeline_parts(std::string name)
    : name_(std::make_shared<const std::string>(std::move(name))) {
    if (name_->empty()) throw std::invalid_argument("weir::pipeline: a pipeline needs a name");
}

std::invalid_argument pipeline_parts::refusal(const std::string& why) const {
    return std::invalid_argument("weir::pipeline '" + *name_ + "': " + why);
}

pipeline_parts::stage_entry* pipeline_parts::find_stage(const std::string& name) {
    return find(stages_, name);
}

pipeline_parts::channel_entry* pipeline_parts::find_channel(const std::string& name) {
    return find(channels_, name);
}

counters_use pipeline_parts::place_stage(const std::string& name, stage_role role) {
    if (name.empty()) throw refusal("a source or a stage needs a name");
    const std::lock_guard lock(mutex_);
    stage_entry* entry = find_stage(name);
    if (!entry) {
        auto fresh = std::make_unique<stage_entry>();
        fresh->counters = std::make_shared<stage_counters>(name);
        if (role == stage_role::source) {
            fresh->gate = std::make_shared<source_gate>();
            if (shut_) fresh->gate->shut();
        }
        entry = stages_.emplace_back(std::move(fresh)).get();
        place(entry->segment);
    } else if ((entry->gate != nullptr) != (role == stage_role::source)) {
        throw refusal("'" + name + "' is the name of a source and of a stage");
    }
    return counters_use(entry->counters);
}

std::shared_ptr<source_gate> pipeline_parts::gate(const std::string& source) {
    const std::lock_guard lock(mutex_);
    return find_stage(source)->gate;
}

void pipeline_parts::shut_sources() {
    const std::lock_guard lock(mutex_);
    shut_ = true;
    for (const auto& stage : stages_) {
        if (stage->gate) stage->gate->shut();
    }
}

std::shared_ptr<channel_counters> pipeline_parts::add_channel(const std::string& name,
                                                              std::size_t capacity) {
    if (name.empty()) throw refusal("a channel needs a name");
    const std::lock_guard lock(mutex_);
    if (find_channel(name)) throw refusal("there is a channel '" + name + "' already");
    auto fresh = std::make_unique<channel_entry>();
    fresh->counters = std::make_shared<channel_counters>(name, capacity);
    return channels_.emplace_back(std::move(fresh))->counters;
}

void pipeline_parts::place_sender(const std::string& channel) {
    const std::lock_guard lock(mutex_);
    place(find_channel(channel)->from);
}

void pipeline_parts::place_receiver(const std::string& channel) {
    const std::lock_guard lock(mutex_);
    place(find_channel(channel)->to);
}

void pipeline_parts::place(std::string& where) {
    if (being_built.first == this) {
        where = *being_built.second;
    } else {
        unplaced_.push_back(&where);
    }
}

void pipeline_parts::add_segment(const std::string& name) {
    const std::lock_guard lock(mutex_);
    segments_.push_back(segment_entry{name});
    for (std::string* where : unplaced_) *where = name;
    unplaced_.clear();
    place_branches(name);
}

void pipeline_parts::place_branches(const std::string& segment) {
    for (const piped_end& end : take_piped()) {
        auto edge = end.edge.lock();
        if (!edge) continue;
        const auto same = [&edge](const branch_entry& b) { return b.edge == edge; };
        auto found = std::find_if(branches_.begin(), branches_.end(), same);
        if (found == branches_.end()) {
            found = branches_.insert(found, branch_entry{std::move(edge), {}, {}});
        }
        (end.feeds ? found->from : found->to) = segment;
    }
}

void pipeline_parts::count_restart(const std::string& segment) {
    const std::lock_guard lock(mutex_);
    for (segment_entry& s : segments_) {
        if (s.name == segment) ++s.restarts;
    }
}

pipeline_parts::building::building(const pipeline_parts& parts, const std::string& segment) noexcept
    : before_(std::exchange(being_built, {&parts, &segment})) {}

pipeline_parts::building::~building() {
    being_built = before_;
}

weir::graph pipeline_parts::graph() const {
    const std::lock_guard lock(mutex_);
    weir::graph g;
    g.name = *name_;
    for (const segment_entry& s : segments_) {
        g.segments.push_back(graph_segment{s.name, stages_of(s.name), s.restarts});
    }
    if (auto nowhere = stages_of(""); !nowhere.empty()) {
        g.segments.push_back(graph_segment{"", std::move(nowhere), 0});
    }
    for (const auto& c : channels_) {
        g.channels.push_back(graph_channel{c->counters->name(), c->from, c->to,
                                           c->counters->capacity(), c->counters->read()});
    }
    add_branches(g);
    return g;
}

/// Adds the branches that connect two different segments. Others are left out: an end that was
/// piped elsewhere, before the first segment was added, may be recorded as that segment's by
/// mistake.
void pipeline_parts::add_branches(weir::graph& g) const {
    std::size_t number = 0;
    for (const branch_entry& b : branches_) {
        if (b.from.empty() || b.to.empty() || b.from == b.to) continue;
        const branch_progress p = b.edge->progress();
        ledger l;
        l.in = p.given;
        l.dropped = p.lost;
        l.in_flight = p.inside;
        l.out = p.given - p.lost - p.inside;
        g.channels.push_back(graph_channel{"branch " + std::to_string(++number), b.from, b.to,
                                           b.edge->capacity(), l});
    }
}

std::vector<graph_stage> pipeline_parts::stages_of(const std::string& segment) const {
    std::vector<graph_stage> found;
    for (const auto& stage : stages_) {
        if (stage->segment != segment) continue;
        const auto role = stage->gate ? stage_role::source : stage_role::stage;
        found.push_back(graph_stage{stage->counters->name(), role, stage->counters->read()});
    }
    return found;
}

}  // namespace weir::detail
