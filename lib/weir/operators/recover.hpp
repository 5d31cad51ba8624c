/// recover: continues with other items after a failure.
#pragma once

#include <weir/core/detail/watched_sink.hpp>
#include <weir/core/pipe.hpp>
#include <weir/core/stage.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/pull.hpp>
#include <weir/sources/from_range.hpp>

#include <exception>
#include <optional>
#include <ranges>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

namespace detail {

template <class S, class F>
class recover_stream : public pullable<recover_stream<S, F>> {
    using result = std::remove_cvref_t<std::invoke_result_t<F&, std::exception_ptr>>;

    static auto as_stream(result r) {
        if constexpr (stream<result>) {
            return r;
        } else if constexpr (std::is_convertible_v<result, item_t<S>>) {
            std::vector<item_t<S>> one;
            one.push_back(std::move(r));
            return from_range(std::move(one));
        } else {
            static_assert(std::ranges::input_range<result>,
                          "weir::recover: the function must return a stream, a range or an item");
            return from_range(std::move(r));
        }
    }
    using second_stream = decltype(as_stream(std::declval<result>()));

public:
    using value_type = item_t<S>;
    static_assert(std::is_same_v<item_t<second_stream>, value_type>,
                  "weir::recover: what follows must have items of the same type");

    recover_stream(S upstream, F f, stage where)
        : first_(std::in_place, std::move(upstream)), f_(std::move(f)), where_(where) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        if (first_) {
            watched_sink to(sink);
            std::exception_ptr failure;
            try {
                return first_->poll(cx, to);
            } catch (...) {
                if (to.threw()) throw;
                failure = std::current_exception();
            }
            first_.reset();
            second_.emplace(as_stream(where_.call(f_, std::move(failure))));
        }
        return second_->poll(cx, sink);
    }

private:
    std::optional<S> first_;
    F f_;
    stage where_;
    std::optional<second_stream> second_;
};

}  // namespace detail

/// Passes on all items. If upstream fails, it continues with the items of `f(std::exception_ptr)`:
/// a stream, a range, or a single item.
///
///     live  | weir::recover([&](std::exception_ptr) { return recorded(day); })
///     parts | weir::recover([](std::exception_ptr) { return std::vector<part>(); })   // ends
///
/// To pass a failure on, `f` rethrows it. `f` is called on the segment's strand, at most once,
/// after upstream was destroyed. A failure of the stream that `f` returned is not recovered from.
/// If that stream itself recovers through `f`, each failure nests one more stream in the others, so
/// memory and stack grow with the number of failures. For a source that must be made again after
/// any number of failures, use `retry_stream`, which holds one stream at a time.
/// Errors: an exception of `f` becomes a `stage_error` naming "recover" and `name`. An exception of
/// a consumer passes, and so does a cancellation, because it is not a failure of upstream.
template <class F>
auto recover(F f, std::string_view name = {}) {
    return pipe([f = std::move(f), name](auto upstream) mutable {
        using S = decltype(upstream);
        check_not_async<F, std::exception_ptr>();
        static_assert(std::is_invocable_v<F&, std::exception_ptr>,
                      "weir::recover: the function must take a std::exception_ptr");
        return detail::recover_stream<S, F>(std::move(upstream), std::move(f),
                                            stage("recover", name));
    });
}

}  // namespace weir
