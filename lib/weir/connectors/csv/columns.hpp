/// \file
/// The columns of a CSV file.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::csv {

/// The number of columns of a file, and their names when it has a header.
///
/// Immutable once created; all batches of a file share one. Names are as in the header, not
/// trimmed; a name may occur twice.
///
/// Example: `auto age = record.columns().find("age");`
class columns {
public:
    /// Columns with names.
    explicit columns(std::vector<std::string> names)
        : names_{std::move(names)}, size_{names_.size()} {}

    /// `size` columns without names.
    explicit columns(std::size_t size) : size_{size} {}

    /// The number of columns.
    std::size_t size() const noexcept { return size_; }

    /// The names in order; empty for a file without header.
    const std::vector<std::string>& names() const noexcept { return names_; }

    /// The index of the first column of that name, or nothing. Cost: a linear search, so look names
    /// up once per load, not once per row.
    std::optional<std::size_t> find(std::string_view name) const noexcept {
        for (std::size_t i = 0; i != names_.size(); ++i) {
            if (names_[i] == name) return i;
        }
        return std::nullopt;
    }

private:
    std::vector<std::string> names_;
    std::size_t size_;
};

}  // namespace weir::csv
