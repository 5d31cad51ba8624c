/// \file
/// The memory of a batch: the bytes of some records, and a table of their positions. The parser
/// fills it and the batch presents it; users meet `batch` only.
#pragma once

#include <weir/connectors/csv/columns.hpp>
#include <weir/connectors/csv/fault.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

namespace weir::csv::detail {

/// A growing array that leaves its memory uninitialised and is written through a raw pointer. The
/// parser reserves space for the largest possible result of a stretch of input, and then stores
/// without checks.
template <class T>
struct table {
    std::unique_ptr<T[]> items;
    std::size_t size = 0;
    std::size_t capacity = 0;

    T* end() noexcept { return items.get() + size; }

    void make_room(std::size_t extra) {
        if (capacity - size >= extra) return;
        const std::size_t larger = size + extra > 2 * capacity ? size + extra : 2 * capacity;
        auto moved = std::make_unique_for_overwrite<T[]>(larger);
        if (size != 0) std::memcpy(moved.get(), items.get(), size * sizeof(T));
        items = std::move(moved);
        capacity = larger;
    }
};

/// One field: bytes [begin, end) of the block.
struct field_span {
    std::uint32_t begin;
    std::uint32_t end;
};

/// One record. For a good record `first` is the index of its first field. For a bad record it is
/// `is_fault` plus the index of its record_error.
struct row {
    std::uint32_t begin;  ///< its offset in the block
    std::uint32_t line;   ///< lines after the block's first
    std::uint32_t first;

    static constexpr std::uint32_t is_fault = std::uint32_t{1} << 31;
};

/// A bad record. `error.text` stays empty here and is computed from `text_begin`, because the bytes
/// may still move after the error was recorded.
struct bad_row {
    record_error error;
    std::uint32_t text_begin = 0;
    std::uint32_t text_size = 0;
};

struct block {
    /// SIMD code reads whole chunks, and one byte before and after, so there is slack around the
    /// text.
    static constexpr std::size_t slack = 64;

    std::unique_ptr<char[]> memory;
    std::size_t capacity = 0;  ///< bytes of text that fit
    table<field_span> fields;
    table<row> rows;
    std::vector<bad_row> bad;

    position origin;  ///< of text()[0]
    range covered;
    std::shared_ptr<const csv::columns> columns;

    char* text() noexcept { return memory.get() + slack; }
    const char* text() const noexcept { return memory.get() + slack; }

    /// Makes the block hold at least `wanted` bytes, and keeps the first `used`.
    void reserve(std::size_t wanted, std::size_t used) {
        if (memory && wanted <= capacity) return;
        const std::size_t larger = wanted > 2 * capacity ? wanted : 2 * capacity;
        auto moved = std::make_unique_for_overwrite<char[]>(larger + 2 * slack);
        moved[slack - 1] = 0;
        if (used != 0) std::memcpy(moved.get() + slack, text(), used);
        memory = std::move(moved);
        capacity = larger;
    }
};

/// Unused blocks, kept for reuse, so that a steady load allocates nothing. Thread-safe: batches may
/// be destroyed on any thread. It takes one lock per batch.
class block_pool {
public:
    /// A block without contents; a recycled one if there is one.
    std::unique_ptr<block> take() {
        const std::lock_guard lock{mutex_};
        if (idle_.empty()) return std::make_unique<block>();
        auto b = std::move(idle_.back());
        idle_.pop_back();
        return b;
    }

    /// Takes back a block. Blocks that a giant record enlarged, and all but a few, are freed.
    void give_back(std::unique_ptr<block> b) noexcept {
        if (b->capacity > largest_kept) return;
        b->fields.size = b->rows.size = 0;
        b->bad.clear();
        b->columns.reset();
        const std::lock_guard lock{mutex_};
        if (idle_.size() < most_kept) idle_.push_back(std::move(b));
    }

    block_pool() { idle_.reserve(most_kept); }

private:
    static constexpr std::size_t most_kept = 16;
    static constexpr std::size_t largest_kept = std::size_t{4} << 20;

    std::mutex mutex_;
    std::vector<std::unique_ptr<block>> idle_;
};

}  // namespace weir::csv::detail
