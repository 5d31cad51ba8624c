/// A queue that grows, and then stays as large as it had to be.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

namespace weir::detail {

/// Items in a row, in one block of a power of two; both ends can be added to. Doubles its block
/// when it is full and never gives it back, so that it allocates nothing once it has seen its
/// largest size. Not thread-safe. Items need no default value; their move must not throw.
template <class T>
class growable_ring {
public:
    growable_ring() = default;
    growable_ring(const growable_ring&) = delete;
    growable_ring& operator=(const growable_ring&) = delete;
    ~growable_ring() {
        clear();
        if (slots_) std::allocator<T>().deallocate(slots_, places_);
    }

    bool empty() const noexcept { return count_ == 0; }
    std::size_t size() const noexcept { return count_; }

    void push_back(T&& item) {
        if (count_ == places_) grow();
        std::construct_at(slot(count_), std::move(item));
        ++count_;
    }
    void push_front(T&& item) {
        if (count_ == places_) grow();
        --first_;
        std::construct_at(slot(0), std::move(item));
        ++count_;
    }
    /// Precondition of both: not empty.
    T& front() noexcept { return *slot(0); }
    void pop_front() noexcept {
        std::destroy_at(slot(0));
        ++first_;
        --count_;
    }
    void clear() noexcept {
        while (!empty()) pop_front();
    }
    void swap(growable_ring& other) noexcept {
        std::swap(slots_, other.slots_);
        std::swap(places_, other.places_);
        std::swap(first_, other.first_);
        std::swap(count_, other.count_);
    }

private:
    T* slot(std::size_t i) const noexcept { return slots_ + ((first_ + i) & (places_ - 1)); }

    void grow() {
        const std::size_t places = places_ == 0 ? 8 : places_ * 2;
        T* const larger = std::allocator<T>().allocate(places);
        for (std::size_t i = 0; i < count_; ++i) {
            std::construct_at(larger + i, std::move(*slot(i)));
            std::destroy_at(slot(i));
        }
        if (slots_) std::allocator<T>().deallocate(slots_, places_);
        slots_ = larger;
        places_ = places;
        first_ = 0;
    }

    T* slots_ = nullptr;
    std::size_t places_ = 0;  // 0 or a power of two
    std::size_t first_ = 0;   // modulo places_; only grows, or shrinks at the front, and wraps
    std::size_t count_ = 0;
};

}  // namespace weir::detail
