/// The progress of a load.
#pragma once

#include <atomic>
#include <cstdint>

namespace weir_load {

/// The tasks of the load write it, with one writer per member. Any task may read it to show it. No
/// other data is published through it, so all accesses are relaxed.
struct load_counts {
    std::atomic<std::uint64_t> rows{0};          ///< passed to the database
    std::atomic<std::uint64_t> bad_records{0};   ///< bad CSV, bad text, or a bad age
    std::atomic<std::uint64_t> refused_rows{0};  ///< refused by the database
    std::atomic<std::uint64_t> unread_ages{0};   ///< set to NULL
    std::atomic<std::uint64_t> next_line{1};  ///< the begin of the records that are not in `rows`
    std::atomic<std::uint64_t> next_byte{0};
    std::atomic<std::uint64_t> read_line{1};  ///< the begin of the records that were not read
    std::atomic<std::uint64_t> read_byte{0};

    std::uint64_t rejected() const noexcept { return get(bad_records) + get(refused_rows); }
    /// Whether all records were loaded unchanged.
    bool complete() const noexcept { return rejected() + get(unread_ages) == 0; }

    static std::uint64_t get(const std::atomic<std::uint64_t>& count) noexcept {
        return count.load(std::memory_order_relaxed);
    }
    static void add(std::atomic<std::uint64_t>& count, std::uint64_t more) noexcept {
        count.store(get(count) + more, std::memory_order_relaxed);
    }
};

}  // namespace weir_load
