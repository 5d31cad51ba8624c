/// The items of a shared channel, and what each takes of its capacity.
#pragma once

#include <weir/channel/detail/growable_ring.hpp>

#include <cstddef>
#include <utility>

namespace weir::detail {

/// A queue of items. Sizes are kept beside them where they are not all 1.
template <class T>
class item_queue {
public:
    explicit item_queue(bool with_sizes) noexcept : with_sizes_(with_sizes) {}

    bool empty() const noexcept { return items_.empty(); }
    std::size_t size() const noexcept { return items_.size(); }

    void push_back(T&& item, std::size_t size) {
        if (with_sizes_) sizes_.push_back(std::size_t{size});
        items_.push_back(std::move(item));
    }
    void push_front(T&& item, std::size_t size) {
        if (with_sizes_) sizes_.push_front(std::size_t{size});
        items_.push_front(std::move(item));
    }
    /// Precondition of all of these: not empty.
    T& front() noexcept { return items_.front(); }
    std::size_t front_size() noexcept { return with_sizes_ ? sizes_.front() : 1; }
    void pop_front() noexcept {
        if (with_sizes_) sizes_.pop_front();
        items_.pop_front();
    }
    void swap(item_queue& other) noexcept {
        items_.swap(other.items_);
        sizes_.swap(other.sizes_);
    }

private:
    growable_ring<T> items_;
    growable_ring<std::size_t> sizes_;
    const bool with_sizes_;
};

}  // namespace weir::detail
