/// What the operations of a channel's ends ask (see poller.hpp).
#pragma once

#include <weir/core/poll.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

/// What waits alone at its end of a channel has no place in a line to give up.
struct no_place {
    bool held() const noexcept { return true; }
    void served() const noexcept {}
};

/// What a handle's `keep_place()` returns while its operation waits: given up when destroyed.
template <class Handle>
struct place_type {
    using type = no_place;
};
template <class Handle>
    requires requires(Handle& h) { h.keep_place(); }
struct place_type<Handle> {
    using type = decltype(std::declval<Handle&>().keep_place());
};
template <class Handle>
using place_of = typename place_type<Handle>::type;

template <class Handle>
place_of<Handle> keep_place([[maybe_unused]] Handle& handle) {
    if constexpr (std::is_same_v<place_of<Handle>, no_place>) {
        return {};
    } else {
        return handle.keep_place();
    }
}

/// Put this. `Item` is `T`, or `T&` for an item that stays with its owner until it is put.
template <class Sender, class Item>
class send_question {
public:
    send_question(Sender& to, Item&& item) : to_(&to), item_(std::forward<Item>(item)) {}

    bool poll(poll_context& cx) {
        if (to_->poll_send(cx, item_)) return place_.served(), true;
        if (!place_.held()) place_ = keep_place(*to_);
        return false;
    }
    void result() const noexcept {}

private:
    Sender* to_;
    Item item_;
    [[no_unique_address]] place_of<Sender> place_;  // given up with the question
};

/// Append some to this.
template <class Receiver>
class receive_some_question {
    using items = std::vector<typename Receiver::value_type>;

public:
    receive_some_question(Receiver& from, items& into, std::size_t max)
        : from_(&from), into_(&into), max_(max) {}

    bool poll(poll_context& cx) {
        const std::size_t before = into_->size();
        if (max_ != 0 && !from_->poll_some(cx, *into_, max_)) {
            if (!place_.held()) place_ = keep_place(*from_);
            return false;
        }
        place_.served();
        count_ = into_->size() - before;
        return true;
    }
    std::size_t result() const noexcept { return count_; }

private:
    Receiver* from_;
    items* into_;
    std::size_t max_;
    std::size_t count_ = 0;
    [[no_unique_address]] place_of<Receiver> place_;
};

}  // namespace weir
