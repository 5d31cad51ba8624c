/// How much a channel holds: so many items, or items of so many bytes.
#pragma once

#include <absl/functional/any_invocable.h>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <utility>

namespace weir {

/// See `bytes`.
template <class SizeOf>
struct byte_limit {
    byte_limit(std::size_t n, SizeOf f) : most(n), size_of(std::move(f)) {}
    std::size_t most;
    SizeOf size_of;
};

/// A capacity in bytes, in the place of a number of items:
///
///     auto size_of = [](const frame& f) { return f.payload.size(); };
///     auto [tx, rx] = weir::mpsc_channel<frame>(weir::bytes(1 << 20, size_of));
///
/// `size_of(item)` is asked once for each item that is sent, by its sender's thread, perhaps by
/// several at once; 0 counts as 1. An item larger than the whole capacity waits until the channel
/// is empty and then goes alone.
template <class SizeOf>
byte_limit<SizeOf> bytes(std::size_t most, SizeOf size_of) {
    return byte_limit<SizeOf>(most, std::move(size_of));
}

/// The capacity of a channel of `T`, made of a number of items or of `bytes(n, size_of)`.
/// Errors: `std::invalid_argument` for 0 (a rendezvous).
template <class T>
class channel_limit {
public:
    // NOLINTNEXTLINE(google-explicit-constructor): a number is a capacity
    channel_limit(std::size_t items) : most_(checked(items)) {}
    template <class SizeOf>
    channel_limit(byte_limit<SizeOf> limit)  // NOLINT(google-explicit-constructor)
        : most_(checked(limit.most)), size_of_(std::move(limit.size_of)) {}

    std::size_t most() const noexcept { return most_; }
    bool in_bytes() const noexcept { return static_cast<bool>(size_of_); }
    /// What `item` takes of it.
    std::size_t size_of(const T& item) const {
        return size_of_ ? std::max<std::size_t>(size_of_(item), 1) : 1;
    }

private:
    static std::size_t checked(std::size_t most) {
        if (most == 0) {
            throw std::invalid_argument("weir: the capacity of a channel must be at least 1");
        }
        return most;
    }

    std::size_t most_;
    absl::AnyInvocable<std::size_t(const T&) const> size_of_;
};

}  // namespace weir
