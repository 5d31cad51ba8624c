/// \file
/// A sequence of CSV records together with their bytes.
#pragma once

#include <weir/connectors/csv/detail/block.hpp>
#include <weir/connectors/csv/fault.hpp>
#include <weir/connectors/csv/record.hpp>
#include <weir/pipeline/record_count.hpp>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <utility>

namespace weir::csv {

/// One entry of a batch: a good record or a bad one. A view like `record`.
///
/// Example: `if (e.ok()) use(e.record()); else log(e.error().message());`
class entry {
public:
    /// Whether it is a good record.
    bool ok() const noexcept { return (row().first & detail::row::is_fault) == 0; }

    /// The record. Only when `ok()`.
    csv::record record() const noexcept {
        assert(ok());
        return {*block_, index_};
    }

    /// Its error. Only when not `ok()`. The text in it is valid as long as the batch.
    record_error error() const noexcept {
        assert(!ok());
        const detail::bad_row& bad = block_->bad[row().first - detail::row::is_fault];
        record_error e = bad.error;
        e.text = {block_->text() + bad.text_begin, bad.text_size};
        return e;
    }

private:
    friend class batch;
    entry(const detail::block& b, std::size_t index) noexcept : block_{&b}, index_{index} {}

    const csv::detail::row& row() const noexcept { return block_->rows.items[index_]; }

    const detail::block* block_;
    std::size_t index_;
};

/// Whole records, good and bad ones in the order of the file, with their memory.
///
/// Movable: send it to another thread, and keep it as long as its records are needed. When it is
/// destroyed, its memory returns to the parser's pool (on any thread; that is safe). Not
/// thread-safe otherwise, but several threads may read one batch.
///
/// Example
/// ```
/// for (csv::entry e : batch) {
///     if (e.ok()) add(e.record()[0]);
/// }
/// checkpoint(batch.covers().end);
/// ```
class batch {
public:
    class iterator;

    batch(std::unique_ptr<detail::block> contents,
          std::shared_ptr<detail::block_pool> pool) noexcept
        : block_{std::move(contents)}, pool_{std::move(pool)} {}
    batch(batch&&) noexcept = default;
    batch& operator=(batch&& other) noexcept {
        std::swap(block_, other.block_);
        std::swap(pool_, other.pool_);
        return *this;
    }
    ~batch() {
        if (block_) pool_->give_back(std::move(block_));
    }

    /// The number of entries, good and bad; at least one unless it was moved from.
    std::size_t size() const noexcept { return block_ ? block_->rows.size : 0; }
    bool empty() const noexcept { return size() == 0; }

    /// The number of bad entries.
    std::size_t errors() const noexcept { return block_ ? block_->bad.size() : 0; }

    /// Entry `i`, which must be less than `size()`.
    entry operator[](std::size_t i) const noexcept { return {*block_, i}; }

    iterator begin() const noexcept;
    iterator end() const noexcept;

    /// The part of the file from which it was made: from the end of the previous batch to the begin
    /// of the next record. Header, comments and empty lines in between are included.
    range covers() const noexcept { return block_->covered; }

    /// The columns of the file. None (`size()` is 0) if the file has no header and no good record
    /// was read yet: then all entries are bad.
    const csv::columns& columns() const noexcept { return *block_->columns; }

private:
    std::unique_ptr<detail::block> block_;
    std::shared_ptr<detail::block_pool> pool_;
};

/// Iterates over the entries of a batch.
class batch::iterator {
public:
    using iterator_category = std::input_iterator_tag;
    using iterator_concept = std::forward_iterator_tag;
    using value_type = entry;
    using reference = entry;
    using pointer = void;
    using difference_type = std::ptrdiff_t;

    iterator() = default;

    entry operator*() const noexcept { return {*block_, index_}; }
    iterator& operator++() noexcept {
        ++index_;
        return *this;
    }
    iterator operator++(int) noexcept {
        auto before = *this;
        ++index_;
        return before;
    }
    friend bool operator==(iterator a, iterator b) noexcept { return a.index_ == b.index_; }

private:
    friend class batch;
    iterator(const detail::block* b, std::size_t index) noexcept : block_{b}, index_{index} {}

    const detail::block* block_ = nullptr;
    std::size_t index_ = 0;
};

inline batch::iterator batch::begin() const noexcept {
    return {block_.get(), 0};
}
inline batch::iterator batch::end() const noexcept {
    return {block_.get(), size()};
}

}  // namespace weir::csv

/// In a pipeline's ledger a batch counts as its records, good and bad.
template <>
struct weir::record_count<weir::csv::batch> {
    static constexpr bool is_unit = false;
    static std::uint64_t of(const weir::csv::batch& b) noexcept { return b.size(); }
};
