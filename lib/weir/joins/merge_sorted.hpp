/// merge_sorted: merges several sorted streams into one.
#pragma once

#include <weir/core/stage.hpp>
#include <weir/core/usable_key.hpp>
#include <weir/joins/detail/input_group.hpp>
#include <weir/joins/detail/inputs.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/pull.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

namespace detail {

template <class T, class Inputs, class Key>
class merge_sorted_stream : public pullable<merge_sorted_stream<T, Inputs, Key>> {
public:
    using value_type = T;

    merge_sorted_stream(Inputs inputs, Key key)
        : inputs_(std::move(inputs)), key_(std::move(key)), heads_(inputs_.size()) {
        lacking_.reserve(inputs_.size());
        order_.reserve(inputs_.size());
        for (std::size_t i = inputs_.size(); i != 0; --i) lacking_.push_back(i - 1);
    }

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        const poll_context::scoped_grant_limit often_interrupted(cx, 16);
        inputs_.begin();
        for (;;) {
            if (!fetch(cx, sink)) return poll_state::paused;
            if (!lacking_.empty()) return inputs_.wait(cx);
            if (order_.empty()) return poll_state::finished;
            if (!sink(take_first())) return poll_state::paused;
        }
    }

private:
    /// Polls the streams whose next item is not known. If only one stream lacks its item, its items
    /// are passed on directly while they come first in the order. False when the sink refuses.
    template <class Sink>
    bool fetch(poll_context& cx, Sink& sink) {
        inputs_.collect();
        for (std::size_t n = lacking_.size(); n-- != 0;) {
            const std::size_t i = lacking_[n];
            if (!inputs_.ready(i)) continue;
            bool no = false;
            const poll_state state = inputs_.poll(cx, i, [&](auto, T&& x) WEIR_FUSED -> bool {
                check(x);
                if (lacking_.size() != 1 || !goes_first(i, x)) {
                    hold(i, std::move(x));
                    return false;
                }
                no = !sink(std::move(x));
                return !no;
            });
            if (no) return false;
            if (state != poll_state::pending) {
                lacking_.erase(lacking_.begin() + static_cast<std::ptrdiff_t>(n));
            }
        }
        return true;
    }

    /// Rejects a key that does not equal itself, because it has no position in the order.
    void check(const T& x) {
        using key = std::remove_cvref_t<std::invoke_result_t<Key&, const T&>>;
        if constexpr (!always_equals_itself<key>) check_usable(where_, where_.call(key_, x));
    }
    void hold(std::size_t i, T&& x) {
        heads_[i].emplace(std::move(x));
        order_.push_back(i);
        std::push_heap(order_.begin(), order_.end(), later());
    }
    T take_first() {
        std::pop_heap(order_.begin(), order_.end(), later());
        const std::size_t i = order_.back();
        order_.pop_back();
        lacking_.push_back(i);
        T x = std::move(*heads_[i]);
        heads_[i].reset();
        return x;
    }

    bool goes_first(std::size_t i, const T& x) {
        return order_.empty() || before(x, i, *heads_[order_.front()], order_.front());
    }
    /// Of items with equal keys, the item of the earlier stream in the list comes first.
    bool before(const T& a, std::size_t i, const T& b, std::size_t j) {
        const auto& first = where_.call(key_, a);
        const auto& second = where_.call(key_, b);
        if (first < second) return true;
        return i < j && !(second < first);
    }
    auto later() {
        return
            [this](std::size_t i, std::size_t j) { return before(*heads_[j], j, *heads_[i], i); };
    }

    input_group<Inputs> inputs_;
    [[no_unique_address]] Key key_;
    [[no_unique_address]] stage where_ = stage("merge_sorted");
    std::vector<std::optional<T>> heads_;  // the next item of each stream
    std::vector<std::size_t> order_;       // a heap of the streams with an item
    std::vector<std::size_t> lacking_;     // the streams that have not ended and have no item
};

template <class Key, class T>
consteval void check_key() {
    check_not_async<Key, const T&>();
    static_assert(std::is_invocable_v<Key&, const T&>,
                  "weir::merge_sorted: the key function cannot be called with the streams' items");
}

}  // namespace detail

/// Passes on the items of all the streams in the order of their keys, if each stream is in order.
///
///     weir::merge_sorted(&trade::time, std::move(nyse), std::move(arca))
///     weir::merge_sorted(&event::time, std::move(logs))   // std::vector<weir::any_stream<event>>
///
/// `key(const T&)` returns the key, which is compared by `<`; it may be a pointer to a member.
/// Items with equal keys keep the order of their stream, and of the list of streams. (If a stream
/// is out of order, so is the result; no item is lost.)
/// No item can be passed on before the next item of each stream is known. So the slowest stream
/// sets the pace, and one item of each stream is held.
/// End: when all streams have ended.
/// Errors: the first failure of an input ends the merge. An exception of `key`, and a key that does
/// not equal itself (`unusable_key_error`: a NaN), becomes a `stage_error` naming "merge_sorted".
/// Cancellation: all inputs are destroyed.
/// Cost: one comparison for an item that follows another of the same stream; log2(streams) for
/// others.
template <class Key, class... S>
auto merge_sorted(Key key, S&&... streams) {
    detail::check_inputs<S...>();
    detail::take_inputs(streams...);
    using T = detail::common_item_t<S...>;
    detail::check_key<Key, T>();
    using inputs = detail::tuple_inputs<S...>;
    return detail::merge_sorted_stream<T, inputs, Key>(inputs(std::forward<S>(streams)...),
                                                       std::move(key));
}
template <class Key, class S>
auto merge_sorted(Key key, std::vector<S> streams) {
    detail::check_inputs<S>();
    detail::take_inputs(streams);
    detail::check_key<Key, item_t<S>>();
    using inputs = detail::vector_inputs<S>;
    return detail::merge_sorted_stream<item_t<S>, inputs, Key>(inputs(std::move(streams)),
                                                               std::move(key));
}

}  // namespace weir
