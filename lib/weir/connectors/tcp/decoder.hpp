/// \file
/// What makes values of a connection's bytes.
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>

namespace weir::tcp {

namespace detail {

/// Takes anything: what the concept below tries `feed` with.
struct any_taker {
    template <class T>
    bool operator()(T&& /*what*/) const {
        return true;
    }
};

}  // namespace detail

/// Makes values of bytes that come in any pieces. Each connection has one of its own.
///
/// `feed(bytes, on_value, on_fault)` calls `on_value(value_type&&)` for each value that is
/// complete, in order, and keeps what is cut (within a bound of its own). It stops behind a value
/// where `on_value` returned false, and returns how many bytes it has taken; it is fed the rest
/// later. `end(on_value, on_fault)`: there will be no more bytes. `on_fault(fault)` is called for
/// bytes that are no value; a fault has an `offset` from the first byte of the connection and a
/// `message()`. A decoder that cannot find its way back after one has `bool broken() const`, and
/// ignores what it is fed then.
///
/// `weir::codec` has two: `frames<T>` and `json_lines<T>`.
template <class D>
concept decoder =
    std::move_constructible<D> && requires(D& d, std::string_view bytes, detail::any_taker f) {
        typename D::value_type;
        { d.feed(bytes, f, f) } -> std::convertible_to<std::size_t>;
        d.end(f, f);
    };

/// True when whatever comes now would be ignored.
template <class D>
bool is_broken(const D& d) {
    if constexpr (requires { d.broken(); }) {
        return d.broken();
    } else {
        return false;
    }
}

}  // namespace weir::tcp
