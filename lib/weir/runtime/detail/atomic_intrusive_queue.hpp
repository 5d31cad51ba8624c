/// A list that some fill and one empties.
#pragma once

#include <atomic>

namespace weir::detail {

/// Hands nodes to another thread, in order, without a lock and without memory of its own: a node
/// has a member `Node*& link()`, which is the list's from `put` until `take`. `put` may be called
/// by any thread, `take` by one at a time.
template <class Node>
class atomic_intrusive_queue {
public:
    /// True when the list was empty: time to tell the other side.
    bool put(Node& node) noexcept {
        Node* latest = latest_.load(std::memory_order_relaxed);
        do {
            node.link() = latest;
            // Sequentially consistent, as a waker_slot's condition must be.
        } while (!latest_.compare_exchange_weak(latest, &node));
        return latest == nullptr;
    }

    bool empty() const noexcept { return latest_.load() == nullptr; }

    /// All that was put since, the first one first, linked by `link()`; null if there is nothing.
    Node* take() noexcept {
        if (latest_.load() == nullptr) return nullptr;
        Node* reversed = nullptr;
        for (Node* node = latest_.exchange(nullptr); node;) {
            Node* const before = node->link();
            node->link() = reversed;
            reversed = node;
            node = before;
        }
        return reversed;
    }

private:
    // The node put last, which links to the one before it. What was written to a node before `put`
    // is seen after `take`.
    std::atomic<Node*> latest_{nullptr};
};

}  // namespace weir::detail
