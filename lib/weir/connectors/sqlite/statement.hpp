/// \file
/// A prepared statement: bind, step, read.
#pragma once

#include <weir/connectors/sqlite/bind.hpp>

#include <sqlite3.h>

#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::sqlite {

class database;

/// The type of a result's cell. SQLite decides it for each cell, not for the column.
enum class value_type : int {
    integer = SQLITE_INTEGER,
    real = SQLITE_FLOAT,
    text = SQLITE_TEXT,
    blob = SQLITE_BLOB,
    null = SQLITE_NULL,
};

/// The name in messages: "INTEGER", "TEXT", ...
std::string_view to_string(value_type type) noexcept;

namespace detail {

/// Whether a floating point type holds this integer exactly.
template <std::floating_point T>
constexpr bool is_exact(std::int64_t whole) noexcept {
    // The bits from the first to the last set one; the sign needs none.
    const std::uint64_t size =
        whole < 0 ? 0 - static_cast<std::uint64_t>(whole) : static_cast<std::uint64_t>(whole);
    if (size == 0) return true;
    const int bits = static_cast<int>(std::bit_width(size)) - std::countr_zero(size);
    return bits <= std::numeric_limits<T>::digits;
}

}  // namespace detail

/// One prepared SQL statement. Made by `database::prepare`; must not outlive its database.
///
///     auto older = db.prepare("SELECT first_name, age FROM people WHERE age > ?");
///     older.bind(1, 60);
///     while (older.step()) greet(older.get<std::string>(0), older.get<int>(1));
///
/// Parameters count from 1 and columns from 0, as in SQLite. Movable. Not thread-safe: use it on
/// the thread that uses its database. Every member throws `sqlite::database_error` when SQLite
/// reports a failure.
class statement {
public:
    /// Compiles `sql`, which must be exactly one statement. `operation` names the work in error
    /// texts.
    statement(database& db, std::string_view sql, std::string operation);

    /// Binds parameter `index` (from 1). Text and blobs are not copied and must live until the
    /// statement has run; see bind.hpp for the types.
    template <class T>
    void bind(int index, T&& value) {
        check_bound(detail::bind_value(handle_.get(), index, std::forward<T>(value)), index);
    }
    /// Binds all parameters, from the first. They must live until the statement has run.
    template <class... Values>
    void bind_all(Values&&... values) {
        int index = 0;
        (bind(++index, std::forward<Values>(values)), ...);
    }

    /// Runs to the next row of the result: true when there is one to read, false at the end. The
    /// statement can then run again, with its parameters still bound.
    bool step();
    /// Runs to the end and ignores rows.
    void run();
    /// Gives up the current run; parameters stay bound.
    void reset() noexcept {
        at_row_ = false;
        sqlite3_reset(handle_.get());
    }

    int columns() const noexcept { return sqlite3_column_count(handle_.get()); }
    /// Throws SQLITE_RANGE for a column that the result does not have.
    std::string column_name(int column) const;

    /// The type of a cell of the current row.
    value_type type(int column) const;

    /// Reads a cell of the current row as `T`: an integer (the value must fit), `bool` (0 or 1), a
    /// floating point number, `std::string`, `std::vector<std::byte>`, the views `std::string_view`
    /// and `std::span<const std::byte>` (valid until the next `step`), or `std::optional` of these
    /// for cells that may be NULL. There is no implicit conversion: another type, or NULL without
    /// optional, throws. A floating point number may be read from an INTEGER that it holds exactly;
    /// another one throws (2^53 + 1 as `double`). A REAL is read as the nearest `float`, and throws
    /// if that would turn a number into infinity or 0.
    template <class T>
    T get(int column) const;

    /// For programs that need the C API.
    sqlite3_stmt* handle() const noexcept { return handle_.get(); }

private:
    struct finalize {
        void operator()(sqlite3_stmt* s) const noexcept { sqlite3_finalize(s); }
    };

    void check_bound(int code, int index) const;
    void expect(int column, value_type wanted) const;
    [[noreturn]] void mismatch(int column, std::string_view wanted) const;
    std::span<const std::byte> bytes(int column) const noexcept;

    database* db_;
    std::string operation_;
    std::uint64_t reads_abandoned_ = 0;  // the database's count at the last row
    bool at_row_ = false;                // in the middle of a result
    std::unique_ptr<sqlite3_stmt, finalize> handle_;
};

template <class T>
T statement::get(int column) const {
    static_assert(std::integral<T> || std::floating_point<T> || is_optional<T> ||
                      std::same_as<T, std::string> || std::same_as<T, std::string_view> ||
                      std::same_as<T, std::vector<std::byte>> ||
                      std::same_as<T, std::span<const std::byte>>,
                  "weir: a SQLite cell is read as an integer, a floating point number, "
                  "std::string(_view), std::vector<std::byte>, std::span<const std::byte>, or a "
                  "std::optional of one of these.");
    if constexpr (is_optional<T>) {
        if (type(column) == value_type::null) return std::nullopt;
        return get<typename T::value_type>(column);
    } else if constexpr (std::same_as<T, bool>) {
        const auto value = get<std::int64_t>(column);
        if (value != 0 && value != 1) mismatch(column, "a bool");
        return value == 1;
    } else if constexpr (std::integral<T>) {
        expect(column, value_type::integer);
        const std::int64_t value = sqlite3_column_int64(handle_.get(), column);
        if (!std::in_range<T>(value)) mismatch(column, "an integer of fewer bits");
        return static_cast<T>(value);
    } else if constexpr (std::floating_point<T>) {
        if (type(column) == value_type::integer) {
            const std::int64_t whole = sqlite3_column_int64(handle_.get(), column);
            if (!detail::is_exact<T>(whole))
                mismatch(column, "a floating point number of fewer bits");
            return static_cast<T>(whole);
        }
        expect(column, value_type::real);
        const double value = sqlite3_column_double(handle_.get(), column);
        const auto nearest = static_cast<T>(value);
        if (std::isinf(nearest) != std::isinf(value) || (nearest == T{0}) != (value == 0)) {
            mismatch(column, "a floating point number of smaller range");
        }
        return nearest;
    } else if constexpr (std::same_as<T, std::string> || std::same_as<T, std::string_view>) {
        expect(column, value_type::text);
        const auto text = bytes(column);
        return T(reinterpret_cast<const char*>(text.data()), text.size());
    } else {
        expect(column, value_type::blob);
        const auto blob = bytes(column);
        return T(blob.begin(), blob.end());
    }
}

}  // namespace weir::sqlite
