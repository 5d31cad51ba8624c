/// Types of columns, told from values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "column_type.hpp"
#include "date_format.hpp"

namespace weir_load::table_load {

/// What the values of one column have been.
///
/// A column is of a type if all its values are; NULLs say nothing. What would lose something stays
/// text: leading zeros (007), numbers that would not come back with all their digits, dates that
/// are not as ISO 8601 has them.
class type_evidence {
public:
    /// Adds a value that is not NULL, of the record in `line`. `dates` may be null.
    void add(std::string_view value, std::uint64_t line, const date_format* dates);
    void add_null() noexcept { ++nulls_; }

    column_type type(const date_format* dates) const noexcept;
    /// Why it is of that type, on one line: `all 500 values, 3 empty`.
    std::string why(const date_format* dates) const;

private:
    /// The first value that is not of a kind.
    struct counterexample {
        std::string value;
        std::uint64_t line = 0;
    };
    struct kind_count {
        std::uint64_t values = 0;
        counterexample other;
    };

    void count(kind_count& kind, bool is, std::string_view value, std::uint64_t line) const;

    std::uint64_t values_ = 0;
    std::uint64_t nulls_ = 0;
    kind_count whole_;
    kind_count real_;
    kind_count date_;
    kind_count timestamp_;
    kind_count formatted_;
};

}  // namespace weir_load::table_load
