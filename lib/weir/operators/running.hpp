/// running: an aggregate of all items so far, after each item.
#pragma once

#include <weir/aggregates/aggregate.hpp>
#include <weir/core/pipe.hpp>
#include <weir/core/stage.hpp>
#include <weir/runtime/pull.hpp>

#include <functional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// The type that `of` returns for an item.
template <class Of, class T>
using measured = std::remove_cvref_t<std::invoke_result_t<Of&, const T&>>;

namespace detail {

template <class S, class Aggregate, class Of>
class running_stream : public pullable<running_stream<S, Aggregate, Of>> {
    static_assert(aggregate<Aggregate, measured<Of, item_t<S>>>,
                  "weir::running: this is not an aggregate of the stream's items");

public:
    using value_type = aggregate_value<Aggregate>;

    running_stream(S upstream, Aggregate so_far, Of of, stage where)
        : upstream_(std::move(upstream)),
          so_far_(std::move(so_far)),
          of_(std::move(of)),
          where_(where) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        return upstream_.poll(cx, [this, &sink](item_t<S>&& x) WEIR_FUSED -> bool {
            so_far_.add(where_.call(of_, std::as_const(x)));
            return sink(value_type(so_far_.value()));
        });
    }

private:
    S upstream_;
    Aggregate so_far_;
    [[no_unique_address]] Of of_;
    stage where_;
};

}  // namespace detail

/// Passes on the aggregate of all items so far, after each item: as many values as items.
///
///     temperatures | weir::running(weir::agg::max())
///     orders       | weir::running(weir::agg::mean(), &order::amount)
///
/// `so_far` is the initial value: an empty aggregate of `weir::agg` (`count`, `sum`, `mean`,
/// `variance`, `min`, `max`, `ewma`, `quantile`) or of your own (aggregate.hpp). `of(const T&)`
/// returns the value to aggregate; by default the item itself.
/// Errors: an exception of `of` becomes a `stage_error` naming "running" and `name`.
/// Holds the aggregate; ends and is cancelled with its upstream. Cost: that of `add` and `value`.
template <class Aggregate, class Of = std::identity>
auto running(Aggregate so_far, Of of = {}, std::string_view name = {}) {
    return pipe([so_far = std::move(so_far), of = std::move(of), name](auto upstream) mutable {
        return detail::running_stream<decltype(upstream), Aggregate, Of>(
            std::move(upstream), std::move(so_far), std::move(of), stage("running", name));
    });
}

}  // namespace weir
