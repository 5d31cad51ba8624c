/// \file
/// Turns the bytes of a connection into values.
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>

namespace weir::tcp {

namespace detail {

/// Takes any argument: the concept below calls `feed` with it.
struct any_taker {
    template <class T>
    bool operator()(T&& /*what*/) const {
        return true;
    }
};

}  // namespace detail

/// Turns bytes, in pieces of any size, into values. Each connection has its own decoder.
///
/// `feed(bytes, on_value, on_fault)` calls `on_value(value_type&&)` for each complete value, in
/// order, and keeps an incomplete one (up to its own limit). It stops behind a value if `on_value`
/// returned false, and returns the number of bytes consumed; the rest is fed later. `end(on_value,
/// on_fault)` means that there will be no more bytes. `on_fault(fault)` is called for bytes that
/// are not a value; a fault has an `offset` from the first byte of the connection and a
/// `message()`. A decoder that cannot resume after a fault has `bool broken() const`, and ignores
/// further bytes when it is broken.
///
/// `weir::codec` has two: `frames<T>` and `json_lines<T>`.
template <class D>
concept decoder =
    std::move_constructible<D> && requires(D& d, std::string_view bytes, detail::any_taker f) {
        typename D::value_type;
        { d.feed(bytes, f, f) } -> std::convertible_to<std::size_t>;
        d.end(f, f);
    };

/// True when the decoder ignores all further bytes.
template <class D>
bool is_broken(const D& d) {
    if constexpr (requires { d.broken(); }) {
        return d.broken();
    } else {
        return false;
    }
}

}  // namespace weir::tcp
