/// window: the last n items, with each new item.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/step_kind.hpp>
#include <weir/runtime/pull.hpp>

#include <concepts>
#include <cstddef>
#include <iterator>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace weir {

/// The last n items of a stream, oldest first. It is a view into the operator that holds them,
/// valid until the sink returns (for `next()`: until the stream is asked again). It is borrowed, so
/// steps that keep items refuse it; `to_vector()` makes a copy.
template <class T>
class window_view : public std::span<const T> {
public:
    using std::span<const T>::span;

    /// Copies of the items.
    std::vector<T> to_vector() const { return std::vector<T>(this->begin(), this->end()); }
};

template <class T>
inline constexpr bool is_borrowed<window_view<T>> = true;

namespace detail {

template <class S>
class window_stream : public pullable<window_stream<S>> {
    using item = item_t<S>;

public:
    static constexpr step_kind step = step_kind::filters;
    using value_type = window_view<item>;

    window_stream(S upstream, std::size_t n) : upstream_(std::move(upstream)), n_(n) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        return upstream_.poll(cx, [this, &sink](item&& x) -> bool {
            keep(std::move(x));
            if (items_.size() - oldest_ < n_) return true;
            return sink(value_type(items_.data() + oldest_, n_));
        });
    }

private:
    // The items are contiguous. The window moves along a vector, and back to its beginning once it
    // has moved by its own length. So each item is moved at most twice.
    void keep(item&& x) {
        if (items_.size() - oldest_ == n_) ++oldest_;
        if (oldest_ == n_) {
            items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(n_));
            oldest_ = 0;
        }
        items_.push_back(std::move(x));
    }

    S upstream_;
    std::size_t n_;
    std::vector<item> items_;
    std::size_t oldest_ = 0;  // the index of the window's oldest item
};

}  // namespace detail

/// For each item from the `n`-th on, passes on a view of the last `n` items, oldest first. A stream
/// of fewer than `n` items gives no window.
///
///     prices | weir::window(20) | weir::map(mean)   // double mean(std::span<const double>)
///     prices | weir::window(20) | weir::step_by(5)  // every fifth window
///
/// The view is a `std::span<const T>` into the operator's memory, valid until the sink returns. No
/// item is copied, and items need not be copyable. To keep windows, map them to a type of your own:
/// `map([](auto w) { return w.to_vector(); })`.
/// Errors: `std::invalid_argument` if `n` is 0; errors of upstream pass.
/// Holds up to 2n items. Each item is moved at most twice, and there is no allocation once it is
/// full.
inline auto window(std::size_t n) {
    if (n == 0) throw std::invalid_argument("weir::window: the size must be at least 1");
    return pipe([n](auto upstream) {
        using S = decltype(upstream);
        check_owned_items<S>();
        static_assert(
            !std::same_as<item_t<S>, bool>,
            "weir::window: there is no span of a vector of bool; weir::cast<char>() first");
        return detail::window_stream<S>(std::move(upstream), n);
    });
}

}  // namespace weir
