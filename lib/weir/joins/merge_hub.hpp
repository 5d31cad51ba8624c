/// merge_hub: many producers, which attach and detach, into one stream.
#pragma once

#include <weir/channel/channel_closed.hpp>
#include <weir/channel/detail/chunk_sender.hpp>
#include <weir/channel/shared_channel.hpp>
#include <weir/runtime/terminal.hpp>

#include <concepts>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace weir {

namespace detail {

/// The handle through which producers attach to a `merge_hub`. Copies refer to the same hub.
/// Thread-safe.
template <class T>
class hub_entry {
public:
    explicit hub_entry(shared_sender<T> sender) : state_(std::make_shared<state>()) {
        state_->sender.emplace(std::move(sender));
    }

    /// A producer, attached until it is destroyed (or moved into a pipeline: `into`). Errors:
    /// `channel_closed_error` if the hub is closed.
    shared_sender<T> attach() const {
        const std::lock_guard lock(state_->mutex);
        if (!state_->sender) throw channel_closed_error("weir::merge_hub: it is closed");
        return *state_->sender;
    }
    /// Accepts no more producers. The stream ends when the attached producers are destroyed.
    void close() const noexcept {
        std::optional<shared_sender<T>> last;  // released after the lock
        const std::lock_guard lock(state_->mutex);
        last.swap(state_->sender);
    }

private:
    struct state {
        std::mutex mutex;
        std::optional<shared_sender<T>> sender;  // keeps the stream from ending; empty when closed
    };

    std::shared_ptr<state> state_;
};

}  // namespace detail

template <class T>
struct merge_hub_ends {
    detail::hub_entry<T> entry;
    unique_receiver<T> receiver;
};

/// Makes a hub: a stream of the items of any number of producers, which attach and detach while it
/// runs.
///
///     auto [entry, events] = weir::merge_hub<event>(256);
///     p.add("store", std::move(events) | weir::for_each(store));
///     ...
///     p.add(client.name(), client.events() | weir::into(entry));   // for each client
///     ...
///     entry.close();                                              // ends when all have left
///
/// The hub is an `mpsc_channel`, which documents capacity, `overflow` policy, order, turns and
/// costs. It does not end when the last producer leaves. It ends when the last producer has left
/// after `close()`, or after the last copy of the entry was destroyed.
/// Producers are independent: one that fails or is cancelled only leaves. (But
/// `shared_sender::close` ends the hub for all.)
/// When the receiver is destroyed, producers end: `into` completes, and a send fails with
/// `channel_closed_error`.
template <class T>
merge_hub_ends<T> merge_hub(channel_limit<T> capacity, overflow when_full = overflow::wait) {
    auto ends = mpsc_channel<T>(std::move(capacity), when_full);
    return {detail::hub_entry<T>(std::move(ends.sender)), std::move(ends.receiver)};
}

namespace detail {

template <class T>
class hub_terminal {
public:
    explicit hub_terminal(shared_sender<T> to) : to_(std::move(to)) {}

    template <class S>
    poll_state poll(poll_context& cx, S& stream) {
        return chunks_.poll(cx, stream, to_);
    }
    void result() { to_.leave(); }

private:
    shared_sender<T> to_;
    chunk_sender<T> chunks_;
};

}  // namespace detail

/// Runs the pipeline into a hub. The pipeline is attached from now on until it ends, fails or is
/// cancelled. The terminal throws its failure; the hub does not see it. The terminal completes
/// without error when the hub's receiver is destroyed.
/// Errors: `channel_closed_error`, at once, if the hub is closed.
template <class T>
auto into(detail::hub_entry<T> entry) {
    return terminal_closure([to = entry.attach()]<class S>(const S&) mutable {
        static_assert(std::same_as<item_t<S>, T>,
                      "weir::into: the hub's item type is not the stream's");
        check_owned_items<S>();
        return detail::hub_terminal<T>(std::move(to));
    });
}

}  // namespace weir
