/// fan_out: every item to every branch.
#pragma once

#include <weir/joins/branches.hpp>
#include <weir/runtime/terminal.hpp>

#include <concepts>
#include <cstddef>
#include <utility>

namespace weir {

/// Sends one stream to several branches. Each branch gets every item, and has its own policy for
/// the case that it is slow.
///
///     weir::fan_out<price> prices;
///     auto risk = prices.branch(256);                                 // the feed waits for it
///     auto screen = prices.branch(16, weir::overflow::drop_oldest);   // keeps the newest
///     p.add("risk", std::move(risk) | weir::for_each(assess));
///     p.add("screen", std::move(screen) | weir::for_each(draw));
///     p.add("feed", feed | weir::into(std::move(prices)));
///
/// A branch is a stream: a channel's receiver, which may be on any executor.
/// Order: each branch gets the items in the order of the stream.
/// A branch is skipped when its consumer is destroyed. When no consumer is left, the pipeline into
/// the branches is cancelled, and completes without error. (Make the branches before the pipeline.
/// If consumers attach and detach while it runs, use `broadcast_hub`.)
/// Errors: when upstream fails, each branch ends with that error, after the items before it. The
/// terminal throws the error too.
/// Cancellation: the branches end with `operation_aborted`.
/// Cost: one copy of each item for each branch but one. A branch that waits takes one lock per
/// chunk; with other policies, one lock per item. A chunk is 64 items, or the smallest capacity of
/// the branches that wait and count items. The items of a chunk that are not yet sent come on top
/// of the capacities.
template <class T>
class fan_out : public branches<T> {
    static_assert(std::copy_constructible<T>,
                  "weir::fan_out: each branch gets a copy of each item; use std::shared_ptr<const "
                  "T> for what cannot be copied");

public:
    /// Puts `item` into each branch; called by `branches_terminal`.
    void give(T&& item) {
        auto& lines = this->lines();
        for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
            if (!lines[i].gone()) lines[i].put(T(item));
        }
        if (!lines.empty()) lines.back().put(std::move(item));
    }
};

/// Runs the pipeline into the branches. It completes when the stream has ended and all items are
/// sent, or when no consumer is left. See `fan_out`.
template <class T>
auto into(fan_out<T> to) {
    return terminal_closure([to = std::move(to)]<class S>(const S&) mutable {
        static_assert(std::same_as<item_t<S>, T>,
                      "weir::into: the branches' item type is not the stream's");
        check_owned_items<S>();
        to.note_fed();
        return detail::branches_terminal<T, fan_out<T>>(std::move(to));
    });
}

}  // namespace weir
