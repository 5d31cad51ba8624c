/// \file
/// One record of a CSV file, as a view.
#pragma once

#include <weir/connectors/csv/columns.hpp>
#include <weir/connectors/csv/detail/block.hpp>
#include <weir/connectors/csv/position.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace weir::csv {

/// A good record: a view into its batch, two words in size. Copy it freely; the record and its
/// fields are valid as long as the batch. Reading takes no lock and allocates nothing.
///
/// Fields are unquoted: without the surrounding quotes, and with single quotes for doubled ones.
///
/// Example: `std::string name{r[0]};  for (std::string_view field : r) ...`
class record {
public:
    class iterator;

    /// The number of fields: the same for all records of a file.
    std::size_t size() const noexcept { return block_->columns->size(); }

    /// Field `i`, which must be less than `size()`.
    std::string_view operator[](std::size_t i) const noexcept {
        const detail::field_span f = fields()[i];
        return {block_->text() + f.begin, f.end - f.begin};
    }

    iterator begin() const noexcept;
    iterator end() const noexcept;

    /// Its position in the file.
    position where() const noexcept {
        const csv::detail::row& r = row();
        return {block_->origin.line + r.line, block_->origin.offset + r.begin};
    }

    /// The columns of the file.
    const csv::columns& columns() const noexcept { return *block_->columns; }

private:
    friend class entry;
    record(const detail::block& b, std::size_t index) noexcept : block_{&b}, index_{index} {}

    const csv::detail::row& row() const noexcept { return block_->rows.items[index_]; }
    const detail::field_span* fields() const noexcept {
        return block_->fields.items.get() + row().first;
    }

    const detail::block* block_;
    std::size_t index_;
};

/// Iterates over the fields of a record.
class record::iterator {
public:
    using iterator_category = std::input_iterator_tag;
    using iterator_concept = std::random_access_iterator_tag;
    using value_type = std::string_view;
    using reference = std::string_view;
    using pointer = void;
    using difference_type = std::ptrdiff_t;

    iterator() = default;

    std::string_view operator*() const noexcept {
        return {text_ + field_->begin, field_->end - field_->begin};
    }
    std::string_view operator[](difference_type n) const noexcept { return *(*this + n); }

    iterator& operator+=(difference_type n) noexcept {
        field_ += n;
        return *this;
    }
    iterator& operator-=(difference_type n) noexcept { return *this += -n; }
    iterator& operator++() noexcept { return *this += 1; }
    iterator& operator--() noexcept { return *this -= 1; }
    iterator operator++(int) noexcept {
        auto before = *this;
        ++*this;
        return before;
    }
    iterator operator--(int) noexcept {
        auto before = *this;
        --*this;
        return before;
    }
    friend iterator operator+(iterator i, difference_type n) noexcept { return i += n; }
    friend iterator operator+(difference_type n, iterator i) noexcept { return i += n; }
    friend iterator operator-(iterator i, difference_type n) noexcept { return i -= n; }
    friend difference_type operator-(iterator a, iterator b) noexcept {
        return a.field_ - b.field_;
    }
    friend bool operator==(iterator a, iterator b) noexcept { return a.field_ == b.field_; }
    friend auto operator<=>(iterator a, iterator b) noexcept { return a.field_ <=> b.field_; }

private:
    friend class record;
    iterator(const char* text, const detail::field_span* field) noexcept
        : text_{text}, field_{field} {}

    const char* text_ = nullptr;
    const detail::field_span* field_ = nullptr;
};

inline record::iterator record::begin() const noexcept {
    return {block_->text(), fields()};
}
inline record::iterator record::end() const noexcept {
    return begin() + static_cast<std::ptrdiff_t>(size());
}

}  // namespace weir::csv
