/// The counters of one stage: written by its segment, read by any thread.
#pragma once

#include <weir/pipeline/ledger.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace weir::detail {

/// How far an item got in its stage. The entrance of each step records what happens to an item that
/// goes no further; the exit of the stage records `out`.
enum class item_fate : std::uint32_t { held, out, filtered, rejected };

/// The counts of a stage.
///
/// There is one writer at a time: the stream that holds the `counters_use`. It counts in plain
/// integers and publishes them after each poll. A snapshot is therefore never torn, and at most one
/// turn (about a millisecond) old. `read` is thread-safe and waits only for a `publish` in
/// progress.
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
    std::array<item_fate, 2> fates_{};  // of the item under way, by run: counted_stage.hpp

    // A sequence lock. The writer makes `version_` odd, stores the fields, and makes it even.
    // Fields are stored with release and loaded with acquire. A reader that loads a field of a
    // later state therefore also sees that state's odd version when it checks the version again,
    // and starts over. A reader that loads an even version with acquire sees all fields of that
    // state. (There are no fences, because the thread sanitizer does not support them. On x86 all
    // of these are plain moves.)
    std::atomic<std::uint32_t> version_{0};
    std::array<std::atomic<std::uint64_t>, fields> published_{};
};

/// The right to write the counters. It passes from one stream to the next. Movable. Destroying it
/// counts the items still held by the stage as dropped.
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
