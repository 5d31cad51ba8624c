/// Bounded channels for several senders, and for one or several receivers.
#pragma once

#include <weir/channel/channel_limit.hpp>
#include <weir/channel/detail/shared_channel_state.hpp>
#include <weir/channel/overflow.hpp>
#include <weir/channel/shared_receiver.hpp>
#include <weir/channel/shared_sender.hpp>

#include <memory>
#include <utility>

namespace weir {

template <class T>
struct mpsc_channel_ends {
    shared_sender<T> sender;
    unique_receiver<T> receiver;
};

template <class T>
struct mpmc_channel_ends {
    shared_sender<T> sender;
    shared_receiver<T> receiver;
};

/// Makes a bounded channel for any number of senders and one receiver.
///
///     auto [tx, rx] = weir::mpsc_channel<event>(256);
///     p.add("left", left_events | weir::into(tx));               // tx is copied
///     p.add("right", right_events | weir::into(std::move(tx)));  // and here it is not
///     p.add("store", std::move(rx) | weir::for_each(store));     // ends when both have ended
///
/// Capacity is exact, in items, or in bytes: `weir::bytes(n, size_of)`. What happens when it is
/// full is the second argument's to say; see overflow.hpp.
/// Closes when the last sender is gone, or by `close()`; the receiver drains first.
/// Errors: `std::invalid_argument` for a capacity of 0.
/// Cost: a mutex, taken once an item, or once a chunk between pipelines; no allocation once
/// it has been as full as it will be.
template <class T>
mpsc_channel_ends<T> mpsc_channel(channel_limit<T> capacity, overflow when_full = overflow::wait) {
    auto state = std::make_shared<detail::shared_channel_state<T>>(std::move(capacity), when_full);
    return {shared_sender<T>(state), unique_receiver<T>(state)};
}

/// The same for any number of receivers: copies of the one that is returned. Each item goes to one
/// of them, whichever comes first.
///
///     auto [tx, jobs] = weir::mpmc_channel<job>(64);
///     for (int i = 0; i < 8; ++i) {
///         auto mine = jobs;
///         p.add(name(i), std::move(mine) | weir::for_each(work));
///     }
template <class T>
mpmc_channel_ends<T> mpmc_channel(channel_limit<T> capacity, overflow when_full = overflow::wait) {
    auto state = std::make_shared<detail::shared_channel_state<T>>(std::move(capacity), when_full);
    return {shared_sender<T>(state), shared_receiver<T>(state)};
}

}  // namespace weir
