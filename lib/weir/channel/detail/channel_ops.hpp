/// What the operations of a channel's ends ask (see poller.hpp).
#pragma once

#include <weir/core/poll.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::detail {

/// What waits alone at its end of a channel has no place in a line to give up.
struct no_waiter {
    bool held() const noexcept { return true; }
    void served() const noexcept {}
};

/// What a handle's `register_waiter()` returns while its operation waits: given up when destroyed.
template <class Handle>
struct guard_type {
    using type = no_waiter;
};
template <class Handle>
    requires requires(Handle& h) { h.register_waiter(); }
struct guard_type<Handle> {
    using type = decltype(std::declval<Handle&>().register_waiter());
};
template <class Handle>
using guard_of = typename guard_type<Handle>::type;

template <class Handle>
guard_of<Handle> register_waiter([[maybe_unused]] Handle& handle) {
    if constexpr (std::is_same_v<guard_of<Handle>, no_waiter>) {
        return {};
    } else {
        return handle.register_waiter();
    }
}

/// Put this. `Item` is `T`, or `T&` for an item that stays with its owner until it is put.
template <class Sender, class Item>
class send_op {
public:
    send_op(Sender& to, Item&& item) : to_(&to), item_(std::forward<Item>(item)) {}

    bool poll(poll_context& cx) {
        if (to_->poll_send(cx, item_)) return guard_.served(), true;
        if (!guard_.held()) guard_ = register_waiter(*to_);
        return false;
    }
    void result() const noexcept {}

private:
    Sender* to_;
    Item item_;
    [[no_unique_address]] guard_of<Sender> guard_;  // given up with the operation
};

/// Append some to this.
template <class Receiver>
class receive_some_op {
    using items = std::vector<typename Receiver::value_type>;

public:
    receive_some_op(Receiver& from, items& into, std::size_t max)
        : from_(&from), into_(&into), max_(max) {}

    bool poll(poll_context& cx) {
        const std::size_t before = into_->size();
        if (max_ != 0 && !from_->poll_some(cx, *into_, max_)) {
            if (!guard_.held()) guard_ = register_waiter(*from_);
            return false;
        }
        guard_.served();
        count_ = into_->size() - before;
        return true;
    }
    std::size_t result() const noexcept { return count_; }

private:
    Receiver* from_;
    items* into_;
    std::size_t max_;
    std::size_t count_ = 0;
    [[no_unique_address]] guard_of<Receiver> guard_;
};

}  // namespace weir::detail
