/// pairwise: each item with the one before it.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/step_kind.hpp>
#include <weir/runtime/pull.hpp>

#include <concepts>
#include <optional>
#include <utility>

namespace weir {

namespace detail {

template <class S>
class pairwise_stream : public pullable<pairwise_stream<S>> {
    using item = item_t<S>;

public:
    static constexpr step_kind step = step_kind::filters;
    using value_type = std::pair<item, item>;

    explicit pairwise_stream(S upstream) : upstream_(std::move(upstream)) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        return upstream_.poll(cx, [this, &sink](item&& x) WEIR_FUSED -> bool {
            if (!before_) {
                before_.emplace(std::move(x));
                return true;
            }
            value_type pair(*std::move(before_), x);
            *before_ = std::move(x);
            return sink(std::move(pair));
        });
    }

private:
    S upstream_;
    std::optional<item> before_;
};

}  // namespace detail

/// Passes on a pair for each item but the first: the item before it, and the item itself. So n
/// items make n - 1 pairs, and fewer than two items make none.
///
///     readings | weir::pairwise() | weir::map([](auto p) { return p.second - p.first; })
///
/// Items are copied, because each is in two pairs. For items that cannot be copied, use
/// `window(2)`. Errors: exceptions of a copy and of upstream pass. Holds one item.
inline auto pairwise() {
    return pipe([](auto upstream) {
        using S = decltype(upstream);
        static_assert(std::copy_constructible<item_t<S>>,
                      "weir::pairwise: each item is in two pairs, and these cannot be copied; look "
                      "at them with weir::window(2)");
        check_owned_items<S>();
        return detail::pairwise_stream<S>(std::move(upstream));
    });
}

}  // namespace weir
