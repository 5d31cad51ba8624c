/// How far a load has come.
#pragma once

#include <atomic>
#include <cstdint>

namespace weir_load {

/// Written by the tasks of the load, one writer a member; read by whoever shows it. Nothing is
/// published through them, so all accesses are relaxed.
struct load_counts {
    std::atomic<std::uint64_t> rows{0};          ///< handed to the database
    std::atomic<std::uint64_t> bad_records{0};   ///< no CSV, no text, or of an age that is none
    std::atomic<std::uint64_t> refused_rows{0};  ///< refused by the database
    std::atomic<std::uint64_t> unread_ages{0};   ///< set to NULL
    std::atomic<std::uint64_t> next_line{1};     ///< where the records begin that are not in `rows`
    std::atomic<std::uint64_t> next_byte{0};
    std::atomic<std::uint64_t> read_line{1};  ///< where the records begin that were not looked at
    std::atomic<std::uint64_t> read_byte{0};

    std::uint64_t rejected() const noexcept { return get(bad_records) + get(refused_rows); }
    /// Whether all records were loaded as they stand.
    bool complete() const noexcept { return rejected() + get(unread_ages) == 0; }

    static std::uint64_t get(const std::atomic<std::uint64_t>& count) noexcept {
        return count.load(std::memory_order_relaxed);
    }
    static void add(std::atomic<std::uint64_t>& count, std::uint64_t more) noexcept {
        count.store(get(count) + more, std::memory_order_relaxed);
    }
};

}  // namespace weir_load
