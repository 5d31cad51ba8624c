/// Rows on their way to the database, and what they are made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <utility>
#include <vector>

#include "cell.hpp"
#include "record_reader.hpp"

namespace weir_load::table_load {

/// The rows of one batch of records. Movable; it owns all that they refer to: the records, their
/// bytes, and what was made of them.
class row_batch {
public:
    row_batch() = default;
    explicit row_batch(raw_batch source)
        : memory_(std::make_unique<std::pmr::monotonic_buffer_resource>()),
          source_(std::make_unique<raw_batch>(std::move(source))) {}
    row_batch(row_batch&&) noexcept = default;
    row_batch& operator=(row_batch&&) noexcept = default;

    std::size_t size() const noexcept { return rows_.size(); }
    auto begin() const noexcept { return rows_.begin(); }
    auto end() const noexcept { return rows_.end(); }

    const raw_batch& source() const noexcept { return *source_; }
    std::pmr::memory_resource& memory() noexcept { return *memory_; }

    void reserve(std::size_t rows, std::size_t columns) {
        rows_.reserve(rows);
        cells_.resize(rows * columns);
    }
    /// Room for the next row, in the table of cells that `reserve` has made.
    std::span<cell> next_cells(std::size_t columns) noexcept {
        return std::span(cells_).subspan(rows_.size() * columns, columns);
    }
    void add(std::span<const cell> cells, std::size_t record) {
        rows_.push_back({cells, source_.get(), record});
    }

private:
    std::unique_ptr<std::pmr::monotonic_buffer_resource> memory_;
    std::unique_ptr<raw_batch> source_;
    std::vector<cell> cells_;
    std::vector<loaded_row> rows_;
};

}  // namespace weir_load::table_load
