/// A small queue of items stored in place: the items that cross an `any_stream` together.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <utility>

namespace weir::detail {

/// Up to 64 items or 4 KiB (at least one item), in the order in which they came. It is filled, then
/// emptied, and then begins again with `begin()`. The first chunk holds at most one item, and each
/// later chunk twice as many as the one before. Items may be move-only and need no default
/// constructor. Not thread-safe.
template <class T>
class item_chunk {
public:
    item_chunk() = default;
    item_chunk(const item_chunk&) = delete;
    item_chunk& operator=(const item_chunk&) = delete;
    ~item_chunk() {
        for (; !empty(); ++first_) std::destroy_at(at(first_));
    }

    bool empty() const noexcept { return first_ == last_; }
    /// Precondition: it is empty.
    void begin() noexcept {
        first_ = last_ = 0;
        most_ = std::min(grows_to_, room);
        grows_to_ = 2 * most_;
    }
    /// Takes an item. True if it has room for another.
    bool put(T&& x) {
        std::construct_at(at(last_), std::move(x));
        return ++last_ != most_;
    }
    /// Precondition: it is not empty.
    T take() {
        struct leave {
            ~leave() { std::destroy_at(place); }  // also when its move throws
            T* place;
        } const item{at(first_++)};
        return T(std::move(*item.place));
    }

private:
    static constexpr std::size_t room = std::clamp<std::size_t>(4096 / sizeof(T), 1, 64);

    T* at(std::size_t i) noexcept { return reinterpret_cast<T*>(bytes_.data()) + i; }

    std::size_t first_ = 0;  // the next item to take
    std::size_t last_ = 0;   // the position of the next item to put
    std::size_t most_ = 0;
    std::size_t grows_to_ = 1;
    alignas(T) std::array<std::byte, room * sizeof(T)> bytes_;
};

}  // namespace weir::detail
