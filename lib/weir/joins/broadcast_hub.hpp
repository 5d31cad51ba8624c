/// broadcast_hub: one stream to many consumers, which attach and detach while it runs.
#pragma once

#include <weir/channel/broadcast.hpp>
#include <weir/channel/overflow.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace weir {

namespace detail {

/// The handle through which consumers attach to a `broadcast_hub`. Copies refer to the same hub.
/// Unlike a sender, they do not keep the broadcast open. Thread-safe.
template <class T>
class hub_exit {
public:
    explicit hub_exit(std::shared_ptr<broadcast_state<T>> state) : state_(std::move(state)) {}

    /// A consumer: a stream of the items sent from now on, attached until it is destroyed. If the
    /// broadcast has ended, the stream ends at once, or throws the error that closed the broadcast.
    broadcast_receiver<T> attach() const { return broadcast_receiver<T>(state_); }
    /// How many consumers are attached, without those that were disconnected.
    std::size_t attached() const noexcept { return state_->receivers(); }

private:
    std::shared_ptr<broadcast_state<T>> state_;
};

}  // namespace detail

template <class T>
struct broadcast_hub_ends {
    broadcast_sender<T> sender;
    detail::hub_exit<T> exit;
};

/// Makes a hub: one stream to any number of consumers, which attach and detach while it runs.
///
///     auto [sender, exit] = weir::broadcast_hub<price>(256, weir::overflow::disconnect);
///     p.add("feed", feed | weir::into(std::move(sender)));   // <weir/sinks/into_broadcast.hpp>
///     ...
///     p.add(client.name(), exit.attach() | weir::for_each(client.send()));   // for each client
///
/// The hub is a `broadcast`, which documents capacity, order, costs and the `overflow` policy,
/// which all consumers share. Consumers need no sender to attach, so they do not keep the broadcast
/// from ending. Items sent while no consumer is attached are dropped and counted
/// (`sender.unheard()`): the hub is a live feed, not a store.
/// If each consumer needs its own policy and all are there from the start, use `fan_out`.
template <class T>
broadcast_hub_ends<T> broadcast_hub(std::size_t capacity, overflow policy = overflow::wait) {
    auto state = std::make_shared<detail::broadcast_state<T>>(capacity, policy);
    return {broadcast_sender<T>(state), detail::hub_exit<T>(state)};
}

}  // namespace weir
