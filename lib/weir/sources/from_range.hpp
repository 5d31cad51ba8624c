/// from_range: a range as a stream.
#pragma once

#include <weir/runtime/pull.hpp>

#include <cstddef>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// The stream behind `from_range`. `Owned` means that elements may be moved out of the range.
template <class R, bool Owned>
class range_stream : public pullable<range_stream<R, Owned>> {
    using iterator = std::ranges::iterator_t<R>;
    using sentinel = std::ranges::sentinel_t<R>;

public:
    using value_type = std::ranges::range_value_t<R>;

    explicit range_stream(R range)
        // On the heap, so that the iterators stay valid when the stream moves.
        : range_(std::make_unique<R>(std::move(range))),
          it_(std::ranges::begin(*range_)),
          end_(std::ranges::end(*range_)) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        if (!range_) return poll_state::finished;  // moved from, with its iterators
        for (;;) {
            if (it_ == end_) return poll_state::finished;
            const std::size_t granted = cx.grant(size_hint());
            if (granted == 0) return poll_state::pending;
            if (!hand_over(granted, sink)) return poll_state::paused;
        }
    }

    std::size_t size_hint() const {
        if (!range_) return 0;
        if constexpr (std::sized_sentinel_for<sentinel, iterator>) {
            return static_cast<std::size_t>(end_ - it_);
        } else {
            return unknown_count;
        }
    }

private:
    // The loop uses a local iterator up to the end of the slice. So the compiler sees a plain
    // counted loop, which it can unroll and vectorise with all the steps in it.
    template <class Sink>
    WEIR_FUSED bool hand_over(std::size_t granted, Sink& sink) {
        iterator it = std::move(it_);
        if constexpr (std::random_access_iterator<iterator> &&
                      std::sized_sentinel_for<sentinel, iterator>) {
            const auto n = static_cast<std::iter_difference_t<iterator>>(granted);
            for (const iterator stop = it + n; it != stop; ++it) {
                if (!sink(take(it))) return stop_at(std::move(++it));
            }
        } else {
            for (; granted != 0 && it != end_; ++it, --granted) {
                if (!sink(take(it))) return stop_at(std::move(++it));
            }
        }
        it_ = std::move(it);
        return true;
    }

    bool stop_at(iterator it) {
        it_ = std::move(it);
        return false;
    }

    static value_type take(iterator& it) {
        if constexpr (Owned) {
            return std::ranges::iter_move(it);
        } else {
            return *it;
        }
    }

    std::unique_ptr<R> range_;
    iterator it_;
    sentinel end_;
};

}  // namespace detail

/// A stream of a range's elements, in order.
///
/// The range is one of three kinds: a container that is moved in (its elements are moved out one by
/// one), a container that is copied, or a view, which may be infinite:
///
///     weir::from_range(std::vector{1, 2, 3})
///     weir::from_range(std::views::iota(0))
///     weir::from_range(std::views::all(mine))    // refers to `mine`, which must outlive it
///
/// Always ready; fused into the consumer's loop at no cost. Errors: exceptions of the range's
/// iterators. Movable between polls; a stream that was moved from is empty. Not thread-safe.
template <std::ranges::input_range R>
auto from_range(R&& range) {
    using plain = std::remove_cvref_t<R>;
    constexpr bool owned = !std::ranges::view<plain>;
    return detail::range_stream<plain, owned>(std::forward<R>(range));
}

}  // namespace weir
