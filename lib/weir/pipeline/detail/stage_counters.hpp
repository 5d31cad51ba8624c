/// The counters of one stage: written by the segment that runs it, read by anybody.
#pragma once

#include <weir/pipeline/ledger.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace weir::detail {

/// Where an item has got to in its stage. Each step's entrance writes what becomes of an item that
/// goes no further; the stage's exit writes `out`.
enum class item_fate : std::uint32_t { held, out, filtered, rejected };

/// The counts of a stage.
///
/// One writer at a time: the stream that holds the `counters_use`. It counts in plain integers and
/// publishes them after each poll, so a snapshot is never torn, and at most one turn (about a
/// millisecond) old. `read` is thread-safe and waits for nobody but a `publish` half-way.
class stage_counters {
public:
    explicit stage_counters(std::string name) : name_(std::move(name)) {}
    const std::string& name() const noexcept { return name_; }

    /// The last published state.
    ledger read() const noexcept;

    // --- the writer's side ---

    ledger& now() noexcept { return now_; }
    item_fate& fate(std::size_t run) noexcept { return fates_[run]; }
    void publish() noexcept;

private:
    friend class counters_use;

    static constexpr std::size_t fields = 6;

    const std::string name_;
    std::atomic<bool> in_use_{false};
    ledger now_;
    std::array<item_fate, 2> fates_{};  // of the item that is on its way, by run: counted_stage.hpp

    // A sequence lock. The writer makes `version_` odd, stores the fields, makes it even. Each
    // field is stored with release and loaded with acquire: a reader that sees a field of a later
    // state sees that state's odd version too, when it looks at the version again, and starts
    // over. Seeing an even version with acquire, it sees all the fields of that state. (No fences:
    // the thread sanitizer does not know them. On x86 all of these are plain moves.)
    std::atomic<std::uint32_t> version_{0};
    std::array<std::atomic<std::uint64_t>, fields> published_{};
};

/// The right to write the counters, from one stream to the next. Movable; destroying it drops what
/// the stage still held.
class counters_use {
public:
    /// Errors: `std::logic_error` while another stream uses them.
    explicit counters_use(std::shared_ptr<stage_counters> counters);
    counters_use(counters_use&&) noexcept = default;
    counters_use& operator=(counters_use&&) = delete;
    ~counters_use();

    stage_counters& operator*() const noexcept { return *counters_; }
    stage_counters* operator->() const noexcept { return counters_.get(); }

private:
    std::shared_ptr<stage_counters> counters_;
};

}  // namespace weir::detail
