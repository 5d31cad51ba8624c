/// \file
/// What makes values of a connection's bytes.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>

namespace weir::tcp {

/// Takes anything: what the concept below tries `feed` with.
struct any_taker {
    template <class T>
    void operator()(T&& /*what*/) const {}
};

/// Makes values of bytes that come in any pieces. Each connection has one of its own.
///
/// `feed(bytes, on_value, on_fault)` calls `on_value(value_type&&)` for each value that is
/// complete, in order, and keeps what is cut (within a bound of its own). `end(on_value,
/// on_fault)`: there will be no more bytes. `on_fault(fault)` is called for bytes that are no
/// value; a fault has an `offset` from the first byte of the connection and a `message()`. A
/// decoder that cannot find its way back after one has `bool broken() const`.
///
/// `weir::codec` has two: `frames<T>` and `json_lines<T>`.
template <class D>
concept decoder =
    std::move_constructible<D> && requires(D& d, std::string_view bytes, any_taker f) {
        typename D::value_type;
        d.feed(bytes, f, f);
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
