/// The items that cross a channel together.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <utility>

namespace weir::detail {

/// A few items in one hand: what a sender has collected, or a receiver has taken and not handed on.
/// In order, taken from the front; can be added to when it is empty or has only been added to.
/// Not thread-safe; never allocates.
template <class T>
class chunk_buffer {
public:
    /// How many it holds: 64, or fewer where they are large.
    static constexpr std::size_t most =
        std::clamp<std::size_t>(std::size_t{16384} / sizeof(T), 1, 64);

    chunk_buffer() = default;
    chunk_buffer(const chunk_buffer&) = delete;
    chunk_buffer& operator=(const chunk_buffer&) = delete;
    ~chunk_buffer() { clear(); }

    bool empty() const noexcept { return first_ == last_; }
    bool full() const noexcept { return last_ == most; }
    std::size_t size() const noexcept { return last_ - first_; }

    /// `size` is what the item takes of the channel's capacity. Precondition: not full.
    void push_back(T&& item, std::size_t size) {
        std::construct_at(slot(last_), std::move(item));
        sizes_[last_++] = size;
    }
    /// Precondition of all of these: not empty.
    T& front() noexcept { return *slot(first_); }
    std::size_t front_size() const noexcept { return sizes_[first_]; }
    void pop_front() noexcept {
        std::destroy_at(slot(first_++));
        if (empty()) first_ = last_ = 0;
    }
    T& back() noexcept { return *slot(last_ - 1); }
    std::size_t back_size() const noexcept { return sizes_[last_ - 1]; }
    void pop_back() noexcept {
        std::destroy_at(slot(--last_));
        if (empty()) first_ = last_ = 0;
    }

    void clear() noexcept {
        while (!empty()) pop_front();
    }

private:
    T* slot(std::size_t i) noexcept { return reinterpret_cast<T*>(storage_.data()) + i; }

    alignas(T) std::array<std::byte, most * sizeof(T)> storage_;
    std::array<std::size_t, most> sizes_;
    std::size_t first_ = 0;
    std::size_t last_ = 0;
};

}  // namespace weir::detail
