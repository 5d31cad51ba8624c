/// One value of a row, ready to be bound.
#pragma once

#include <weir/connectors/sqlite/row.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace weir_load::table_load {

/// NULL, a number, or text that lives in the batch of its row.
class cell {
public:
    cell() noexcept = default;
    explicit cell(std::int64_t value) noexcept : kind_(kind::whole) { value_.whole = value; }
    explicit cell(double value) noexcept : kind_(kind::real) { value_.real = value; }
    explicit cell(std::string_view value) noexcept
        : kind_(kind::text), size_(static_cast<std::uint32_t>(value.size())) {
        value_.text = value.data() ? value.data() : "";
    }

    bool is_null() const noexcept { return kind_ == kind::null; }

    /// Calls `use` with nullptr, an integer, a double or a string_view.
    template <class F>
    decltype(auto) visit(F&& use) const {
        switch (kind_) {
            case kind::whole:
                return use(value_.whole);
            case kind::real:
                return use(value_.real);
            case kind::text:
                return use(std::string_view(value_.text, size_));
            case kind::null:
                break;
        }
        return use(nullptr);
    }

private:
    enum class kind : std::uint8_t { null, whole, real, text };

    kind kind_ = kind::null;
    std::uint32_t size_ = 0;  // no field is longer than 1 GiB
    union payload {
        std::int64_t whole = 0;
        double real;
        const char* text;
    } value_ = {};
};

struct raw_batch;

/// A row of as many cells as its table has columns to fill; which is only known at run time.
struct loaded_row {
    std::span<const cell> cells;
    const raw_batch* source;  ///< what it was made of
    std::size_t record;       ///< which of its records
};

inline void bind_row(weir::sqlite::row_binder& row, const loaded_row& value) {
    for (const cell& c : value.cells) {
        c.visit([&row](auto v) { row(v); });
    }
}

}  // namespace weir_load::table_load
