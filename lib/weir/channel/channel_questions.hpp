/// What the operations of a channel's ends ask (see poller.hpp).
#pragma once

#include <weir/core/poll.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

/// Put this. `Item` is `T`, or `T&` for an item that stays with its owner until it is put.
template <class Sender, class Item>
class send_question {
public:
    send_question(Sender& to, Item&& item) : to_(&to), item_(std::forward<Item>(item)) {}

    bool poll(poll_context& cx) { return to_->poll_send(cx, item_); }
    void result() const noexcept {}

private:
    Sender* to_;
    Item item_;
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
        if (max_ != 0 && !from_->poll_some(cx, *into_, max_)) return false;
        count_ = into_->size() - before;
        return true;
    }
    std::size_t result() const noexcept { return count_; }

private:
    Receiver* from_;
    items* into_;
    std::size_t max_;
    std::size_t count_ = 0;
};

}  // namespace weir
