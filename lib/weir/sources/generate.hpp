/// A stream of what a function returns.
#pragma once

#include <weir/core/stage.hpp>
#include <weir/runtime/pull.hpp>

#include <optional>
#include <type_traits>
#include <utility>

namespace weir {

template <class F>
class generate_stream : public pullable<generate_stream<F>> {
    using result = std::remove_cvref_t<std::invoke_result_t<F&>>;
    template <class T>
    struct unwrap {
        using type = T;
        static constexpr bool optional = false;
    };
    template <class T>
    struct unwrap<std::optional<T>> {
        using type = T;
        static constexpr bool optional = true;
    };

public:
    using value_type = typename unwrap<result>::type;

    generate_stream(F f, stage where) : f_(std::move(f)), where_(where) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        while (std::size_t granted = cx.grant(std::size_t(-1))) {
            for (; granted != 0; --granted) {
                if constexpr (unwrap<result>::optional) {
                    auto item = where_.call(f_);
                    if (!item) return poll_state::finished;
                    if (!sink(std::move(*item))) return poll_state::paused;
                } else {
                    if (!sink(where_.call(f_))) return poll_state::paused;
                }
            }
        }
        return poll_state::pending;
    }

private:
    F f_;
    [[no_unique_address]] stage where_;
};

/// A stream of `f()`, `f()`, ...: endless where `f` returns a `T`, until the first `nullopt` where
/// it returns a `std::optional<T>`.
///
///     weir::generate([n = 0]() mutable { return n++; }) | weir::take(10)
///
/// `f` runs on the segment's strand and must not block. Errors: an exception of `f` becomes a
/// `stage_error` that names "generate" and `name`.
template <class F>
auto generate(F f, std::string_view name = {}) {
    static_assert(std::is_invocable_v<F&>, "weir::generate: the function must take no arguments");
    return generate_stream<F>(std::move(f), stage("generate", name));
}

}  // namespace weir
