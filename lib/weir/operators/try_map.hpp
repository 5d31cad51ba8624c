/// try_map: a step that can fail for one record without ending the stream.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stage.hpp>
#include <weir/core/step_kind.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/pull.hpp>

#include <absl/status/statusor.h>

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// The value type of a `StatusOr<T>`; any other type itself.
template <class T>
struct status_value {
    using type = T;
    static constexpr bool is_status = false;
};
template <class T>
struct status_value<absl::StatusOr<T>> {
    using type = T;
    static constexpr bool is_status = true;
};
template <class T>
using status_value_t = typename status_value<std::remove_cvref_t<T>>::type;

template <class S, class F>
class try_map_stream : public pullable<try_map_stream<S, F>> {
    using input = status_value_t<item_t<S>>;
    using output = status_value_t<std::invoke_result_t<F&, input>>;

public:
    static constexpr step_kind step = step_kind::passes;
    using value_type = absl::StatusOr<output>;

    try_map_stream(S upstream, F f, stage where)
        : upstream_(std::move(upstream)), f_(std::move(f)), where_(where) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        return upstream_.poll(cx, [this, &sink](item_t<S>&& x) WEIR_FUSED -> bool {
            if constexpr (status_value<item_t<S>>::is_status) {
                if (!x.ok()) return sink(value_type(std::move(x).status()));
                return sink(value_type(where_.call(f_, *std::move(x))));
            } else {
                return sink(value_type(where_.call(f_, std::move(x))));
            }
        });
    }

    std::size_t size_hint() const { return weir::size_hint(upstream_); }

private:
    S upstream_;
    [[no_unique_address]] F f_;
    stage where_;
};

}  // namespace detail

/// Passes on `f(item)` as an `absl::StatusOr<U>`; `f` returns that or a plain `U`. If the items are
/// already `StatusOr`, `f` gets the values, and an item that failed before passes unchanged. So a
/// record's error stays in its position until it is rejected (`split_errors`).
///
///     csv::read(file) | weir::try_map(to_person) | weir::split_errors(count_it)
///
/// Errors: an exception of `f` is a fault of the pipeline, not of the record. It ends the pipeline
/// as a `stage_error` naming "try_map" and `name`. Holds nothing.
template <class F>
auto try_map(F f, std::string_view name = {}) {
    return pipe([f = std::move(f), name](auto upstream) mutable {
        using S = decltype(upstream);
        check_not_async<F, detail::status_value_t<item_t<S>>>();
        static_assert(std::is_invocable_v<F&, detail::status_value_t<item_t<S>>>,
                      "weir::try_map: the function cannot be called with the stream's values");
        return detail::try_map_stream<S, F>(std::move(upstream), std::move(f),
                                            stage("try_map", name));
    });
}

}  // namespace weir
