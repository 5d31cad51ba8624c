/// split_errors: passes values on, and hands errors to a function.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stage.hpp>
#include <weir/core/step_kind.hpp>
#include <weir/operators/try_map.hpp>
#include <weir/runtime/awaitable.hpp>

#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class S, class Reject>
class split_errors_stream : public pullable<split_errors_stream<S, Reject>> {
public:
    static constexpr step_kind step = step_kind::rejects;
    using value_type = status_value_t<item_t<S>>;

    split_errors_stream(S upstream, Reject reject, stage where)
        : upstream_(std::move(upstream)), reject_(std::move(reject)), where_(where) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        return upstream_.poll(cx, [this, &sink](item_t<S>&& x) WEIR_FUSED -> bool {
            if (x.ok()) return sink(*std::move(x));
            where_.call(reject_, std::move(x).status());
            return true;
        });
    }

private:
    S upstream_;
    [[no_unique_address]] Reject reject_;
    stage where_;
};

}  // namespace detail

/// Turns a stream of `absl::StatusOr<T>` into a stream of `T`. Values pass in order. `reject` is
/// called with the `absl::Status` of each failed record, before any later item passes.
///
///     people | weir::split_errors([&](const absl::Status& why) { log(why); ++rejected; })
///
/// Errors: an exception of `reject` ends the pipeline as a `stage_error` naming "split_errors" and
/// `name`, because a reject that cannot be kept must not be lost silently. Holds nothing.
template <class Reject>
auto split_errors(Reject reject, std::string_view name = {}) {
    return pipe([reject = std::move(reject), name](auto upstream) mutable {
        using S = decltype(upstream);
        check_not_async<Reject, absl::Status>();
        static_assert(detail::status_value<item_t<S>>::is_status,
                      "weir::split_errors: the items must be absl::StatusOr<T>");
        static_assert(std::is_invocable_v<Reject&, absl::Status>,
                      "weir::split_errors: the function cannot be called with an absl::Status");
        return detail::split_errors_stream<S, Reject>(std::move(upstream), std::move(reject),
                                                      stage("split_errors", name));
    });
}

}  // namespace weir
