/// A channel as a range, for a thread of your own.
#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <ranges>
#include <utility>

namespace weir {

/// The range that `blocking_view` returns.
template <class Receiver>
class blocking_range : public std::ranges::view_interface<blocking_range<Receiver>> {
public:
    class iterator;

    explicit blocking_range(Receiver& from) noexcept : from_(&from) {}

    /// Where the receiver stands.
    iterator begin() const noexcept { return iterator(*from_); }
    std::default_sentinel_t end() const noexcept { return {}; }

private:
    Receiver* from_;
};

/// Holds the item it stands at, and fetches it when first asked about it: a loop that stops after
/// three items does not wait for the fourth.
template <class Receiver>
class blocking_range<Receiver>::iterator {
public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = typename Receiver::value_type;
    using difference_type = std::ptrdiff_t;

    explicit iterator(Receiver& from) noexcept : from_(&from) {}
    iterator(iterator&&) = default;
    iterator& operator=(iterator&&) = default;

    value_type& operator*() const {
        fetch();
        return *item_;
    }
    iterator& operator++() {
        fetch();
        fetched_ = false;
        return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& i, std::default_sentinel_t) {
        i.fetch();
        return !i.item_;
    }

private:
    void fetch() const {
        if (std::exchange(fetched_, true)) return;
        item_.reset();  // first, so that the item before is gone when this one waits
        if (auto next = from_->blocking_receive()) item_.emplace(std::move(*next));
    }

    Receiver* from_;
    mutable std::optional<value_type> item_;
    mutable bool fetched_ = false;
};

/// The items of a channel, for a thread that sleeps while there are none:
///
///     for (auto& order : weir::blocking_view(rx)) handle(std::move(order));
///
/// An input range that refers to the receiver, which goes on where the loop stops. Ends with the
/// channel. Errors: what the channel was closed with, thrown where the
/// loop asks for the next item.
/// Never use it where tasks run: it would keep the sender from running.
template <class Receiver>
blocking_range<Receiver> blocking_view(Receiver& from) noexcept {
    return blocking_range<Receiver>(from);
}

}  // namespace weir
