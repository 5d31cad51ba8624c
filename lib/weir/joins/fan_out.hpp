/// fan_out: every item to every branch.
#pragma once

#include <weir/joins/branches.hpp>
#include <weir/runtime/terminal.hpp>

#include <concepts>
#include <cstddef>
#include <utility>

namespace weir {

/// One stream into several branches, each of which gets every item, and has a policy of its own for
/// when it is slow.
///
///     weir::fan_out<price> prices;
///     auto risk = prices.branch(256);                                    // waited for
///     auto screen = prices.branch(16, weir::overflow::drop_oldest);   // the newest will do
///     p.add("risk", std::move(risk) | weir::for_each(assess));
///     p.add("screen", std::move(screen) | weir::for_each(draw));
///     p.add("feed", feed | weir::into(std::move(prices)));
///
/// A branch is a stream: a channel's receiver, which may be on any executor. Order: as the items
/// come, in each branch.
/// A branch whose consumer is gone is left out; when all are, the pipeline into them is cancelled
/// and completes without error. (Make a branch before, not after, the pipeline. To come and go
/// while it runs: `broadcast_hub`.)
/// Errors: when upstream fails each branch ends with that error, after what came before, and the
/// terminal throws it too. Cancellation: the branches end with `operation_aborted`.
/// Cost: a copy of each item for each branch but one; a lock a run of items for a branch that
/// waits, and an item for the other policies. A run is 64 items, or as many as the smallest branch
/// that waits may hold, if it counts items; what is taken and not sent yet comes on top of the
/// capacities.
template <class T>
class fan_out : public branches<T> {
    static_assert(std::copy_constructible<T>,
                  "weir::fan_out: each branch gets a copy of each item; use std::shared_ptr<const "
                  "T> for what cannot be copied");

public:
    /// Puts `item` into each branch: for `branches_terminal`.
    void give(T&& item) {
        auto& lines = this->lines();
        for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
            if (!lines[i].gone()) lines[i].put(T(item));
        }
        if (!lines.empty()) lines.back().put(std::move(item));
    }
};

/// Runs the pipeline into the branches; completes when it has ended and all is sent, or nobody
/// wants more. See `fan_out`.
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
