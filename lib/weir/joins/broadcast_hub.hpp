/// broadcast_hub: one stream to many consumers, who come and go.
#pragma once

#include <weir/channel/broadcast.hpp>
#include <weir/channel/overflow.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace weir {

namespace detail {

/// Where consumers attach to a `broadcast_hub`. Copies are the same way out; they do not keep the
/// broadcast open, as a sender would. Thread-safe.
template <class T>
class hub_exit {
public:
    explicit hub_exit(std::shared_ptr<broadcast_state<T>> state) : state_(std::move(state)) {}

    /// A consumer of what is sent from now on, attached until it is destroyed: a stream. After the
    /// end it ends at once, or throws what the broadcast was closed with.
    broadcast_receiver<T> attach() const { return broadcast_receiver<T>(state_); }
    /// How many are attached, without those that were cut off.
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

/// Makes a hub: a stream that any number of consumers see, who attach and detach while it runs.
///
///     auto [sender, exit] = weir::broadcast_hub<price>(256, weir::overflow::disconnect);
///     p.add("feed", feed | weir::into(std::move(sender)));   // <weir/sinks/into_broadcast.hpp>
///     ...
///     p.add(client.name(), exit.attach() | weir::for_each(client.send()));   // whenever one comes
///
/// It is a `broadcast` (capacity, `overflow` policy for all, order, costs: see there) whose
/// consumers need no sender to attach, and so do not keep it from ending. Items that come while
/// nobody is attached go nowhere, and are counted (`sender.unheard()`): a live feed, not a store.
/// Each consumer with a policy of its own, all there from the start: `fan_out`.
template <class T>
broadcast_hub_ends<T> broadcast_hub(std::size_t capacity, overflow policy = overflow::wait) {
    auto state = std::make_shared<detail::broadcast_state<T>>(capacity, policy);
    return {broadcast_sender<T>(state), detail::hub_exit<T>(state)};
}

}  // namespace weir
