/// \file
/// Turns a type of your own into a row, with a function beside it:
///
///     void bind_row(weir::sqlite::row_binder& row, const person& p) {
///         row(p.id, p.first_name, p.last_name, p.age, p.email);
///     }
///
/// The values are in the order of the columns (bind.hpp lists the types). Tuples, pairs and arrays
/// of values are rows without such a function.
///
/// A bound value is not copied: it must live as long as the row, as its members do. Owning
/// temporaries, such as a `std::string` returned by a function, are copied.
#pragma once

#include <weir/connectors/sqlite/bind.hpp>

#include <sqlite3.h>

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir::sqlite {

/// Takes the values of one row, in the order of the columns. Passed to `bind_row`; do not keep it.
/// Never throws: a value that cannot be bound makes the row a rejected one.
class row_binder {
public:
    /// Binds from parameter `first` (from 1) on.
    row_binder(sqlite3_stmt* statement, int first) noexcept
        : statement_(statement), first_(first), next_(first) {}

    /// Binds the next values.
    template <class... Values>
    void operator()(Values&&... values) noexcept {
        (bind(std::forward<Values>(values)), ...);
    }

    /// The number of bound values.
    int bound() const noexcept { return next_ - first_; }
    /// SQLITE_OK, or the error of the first value that could not be bound.
    int code() const noexcept { return code_; }

private:
    template <class T>
    void bind(T&& value) noexcept {
        const int code = detail::bind_value(statement_, next_++, std::forward<T>(value));
        if (code_ == SQLITE_OK) code_ = code;
    }

    sqlite3_stmt* statement_;
    int first_;
    int next_;
    int code_ = SQLITE_OK;
};

namespace detail {

template <class T>
concept has_bind_row = requires(row_binder& row, const T& value) { bind_row(row, value); };

template <class T>
concept tuple_like = requires { std::tuple_size<T>::value; };

}  // namespace detail

/// A type that can be inserted as a row.
template <class T>
concept row = detail::has_bind_row<T> || detail::tuple_like<T>;

namespace detail {

/// Binds one row of type `T` by its `bind_row`, or element by element if it is a tuple.
template <class T>
void bind_whole_row(row_binder& binder, const T& value) {
    static_assert(row<T>,
                  "weir: this type is not a SQLite row. Write, in its namespace, `void "
                  "bind_row(weir::sqlite::row_binder& row, const T& value)` that calls row(...) "
                  "with the values in the order of the columns; or use a std::tuple.");
    if constexpr (has_bind_row<T>) {
        bind_row(binder, value);
    } else {
        std::apply([&](const auto&... values) { binder(values...); }, value);
    }
}

}  // namespace detail

}  // namespace weir::sqlite
