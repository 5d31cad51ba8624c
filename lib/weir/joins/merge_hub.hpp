/// merge_hub: many producers, which come and go, into one stream.
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

/// Where producers attach to a `merge_hub`. Copies are the same way in. Thread-safe.
template <class T>
class hub_entry {
public:
    explicit hub_entry(shared_sender<T> sender) : state_(std::make_shared<state>()) {
        state_->sender.emplace(std::move(sender));
    }

    /// A producer, which is attached until it is destroyed (or moved into a pipeline: `into`).
    /// Errors: `channel_closed_error` when the hub was closed.
    shared_sender<T> attach() const {
        const std::lock_guard lock(state_->mutex);
        if (!state_->sender) throw channel_closed_error("weir::merge_hub: it is closed");
        return *state_->sender;
    }
    /// Lets nobody in any more. The stream ends when those who are attached have let go.
    void close() const noexcept {
        std::optional<shared_sender<T>> last;  // let go of after the lock
        const std::lock_guard lock(state_->mutex);
        last.swap(state_->sender);
    }

private:
    struct state {
        std::mutex mutex;
        std::optional<shared_sender<T>> sender;  // keeps the stream going; none: closed
    };

    std::shared_ptr<state> state_;
};

}  // namespace detail

template <class T>
struct merge_hub_ends {
    detail::hub_entry<T> entry;
    unique_receiver<T> receiver;
};

/// Makes a hub: a stream of what any number of producers send, who attach and detach while it runs.
///
///     auto [entry, events] = weir::merge_hub<event>(256);
///     p.add("store", std::move(events) | weir::for_each(store));
///     ...
///     p.add(client.name(), client.events() | weir::into(entry));   // whenever a client comes
///     ...
///     entry.close();                                               // the end, when all have left
///
/// It is an `mpsc_channel` (capacity, `overflow` policy, order, turns, costs: see there) that does
/// not end with its last producer, but with `close()`, or when the last copy of the entry is gone,
/// and then with the last producer. And what becomes of one producer is no concern of the others:
/// one that fails or is cancelled only leaves. (`shared_sender::close` still ends it for all.)
/// When the receiver is gone producers end: `into` completes, a send fails with
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

/// Runs the pipeline into a hub: attached from here on until it has ended, failed (which the
/// terminal throws, and the hub does not see) or was cancelled. Completes without error when the
/// hub's receiver is gone. Errors: `channel_closed_error`, at once, when the hub is closed.
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
