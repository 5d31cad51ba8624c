/// The number of records that an item counts as.
#pragma once

#include <cstdint>
#include <vector>

namespace weir {

/// How many records an item of type `T` counts as in a ledger: 1; a vector counts as the sum of its
/// elements. Specialise it for a batch type of your own:
///
///     template <> struct weir::record_count<my_block> {
///         static constexpr bool is_unit = false;
///         static std::uint64_t of(const my_block& b) noexcept { return b.rows(); }
///     };
///
/// `is_unit` says that every such item counts as 1. `of` is called once for each item that a
/// counted stage takes; it must be cheap and must not throw.
template <class T>
struct record_count {
    static constexpr bool is_unit = true;
    static constexpr std::uint64_t of(const T&) noexcept { return 1; }
};

template <class T, class Allocator>
struct record_count<std::vector<T, Allocator>> {
    static constexpr bool is_unit = false;
    static constexpr std::uint64_t of(const std::vector<T, Allocator>& items) noexcept {
        if constexpr (record_count<T>::is_unit) {
            return items.size();
        } else {
            std::uint64_t sum = 0;
            for (const T& item : items) sum += record_count<T>::of(item);
            return sum;
        }
    }
};

/// The record count of `item`.
template <class T>
constexpr std::uint64_t record_count_of(const T& item) noexcept {
    return record_count<T>::of(item);
}

}  // namespace weir
