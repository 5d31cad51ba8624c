/// async_map_keyed: several items at a time, but items with the same key one after the other.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/usable_key.hpp>
#include <weir/operators/detail/kept_key.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/detail/operations.hpp>
#include <weir/runtime/pull.hpp>

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class S, class Key, class F>
class async_map_keyed_stream : public pullable<async_map_keyed_stream<S, Key, F>> {
    using key_type = kept_key_t<Key, S>;
    // The note of a slot is its key.
    using calls = operations<F, item_t<S>, std::optional<key_type>>;
    using pool = typename calls::pool;
    using slot = typename calls::slot;

public:
    using value_type = typename calls::value_type;

    async_map_keyed_stream(S upstream, Key key, calls c, stage where)
        : upstream_(std::move(upstream)),
          key_(std::move(key)),
          calls_(std::move(c)),
          where_(where) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        auto put = [&](pool& all, item_t<S>&& x) {
            key_type key(where_.call(key_, std::as_const(x)));
            check_usable(where_, key);
            slot& p = all.put(std::move(x));
            p.note.emplace(key);
            line_up(all, p, std::move(key));
        };
        auto hand_on = [&](pool& all) -> bool {
            all.collect([&](slot& p) {
                start_next(all, p);
                completed_.push(p);
            });
            while (!completed_.empty()) {
                if (!sink(all.take(completed_.pop()))) return false;
            }
            return true;
        };
        return calls_.poll(cx, upstream_, put, hand_on);
    }

private:
    /// Appends the item to its key's queue, or starts it at once if the key has no queue.
    void line_up(pool& all, slot& p, key_type key) {
        const auto [line, first] = last_of_.try_emplace(std::move(key), &p);
        if (first) {
            all.start(p);
        } else {
            line->second->next = &p;
            line->second = &p;
        }
    }
    void start_next(pool& all, slot& done) {
        if (done.next) {
            all.start(*done.next);
        } else {
            last_of_.erase(*done.note);
        }
    }

    S upstream_;
    [[no_unique_address]] Key key_;
    calls calls_;
    stage where_;
    absl::flat_hash_map<key_type, slot*> last_of_;  // the last slot in the queue of each busy key
    slot_queue<slot> completed_;
};

}  // namespace detail

/// Awaits `f(item)` for up to `n` items at a time, and passes on the results as they come. Items
/// with the same key are processed one after the other, in their order.
///
///     orders | weir::async_map_keyed(32, &order::account, book)   // asio::awaitable<receipt>
///
/// An item whose key is busy waits, and counts among the `n`. So if most items have one key, they
/// are processed one by one, and hold up the other items (this is the backpressure). `key(const
/// T&)` is called once per item, on the segment's strand. Keys must be copyable and hashable by
/// Abseil.
/// Errors: an exception of `key` or `f`, and a key that does not equal itself
/// (`unusable_key_error`: a NaN), becomes a `stage_error` naming "async_map_keyed" and `name`.
/// All else is as for `async_map_unordered`. Cost: in addition, one entry in a hash table.
template <class Key, class F>
auto async_map_keyed(std::size_t n, Key key, F f, std::string_view name = {}) {
    detail::check_operation_limit(n, "async_map_keyed");
    return pipe([n, key = std::move(key), f = std::move(f), name](auto upstream) mutable {
        using S = decltype(upstream);
        check_owned_items<S>();
        detail::check_async_function<F, item_t<S>>();
        check_not_async<Key, const item_t<S>&>();
        static_assert(std::is_invocable_v<Key&, const item_t<S>&>,
                      "weir::async_map_keyed: the key function cannot be called with the items");
        static_assert(!std::is_void_v<detail::async_result_t<F, item_t<S>>>,
                      "weir::async_map_keyed: the function yields nothing; return something");
        const stage where("async_map_keyed", name);
        detail::operations<F, item_t<S>, std::optional<detail::kept_key_t<Key, S>>> calls(
            n, std::move(f), where);
        return detail::async_map_keyed_stream<S, Key, F>(std::move(upstream), std::move(key),
                                                         std::move(calls), where);
    });
}

}  // namespace weir
