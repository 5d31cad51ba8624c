/// reduce: combines all items into one item.
#pragma once

#include <weir/core/stage.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/terminal.hpp>

#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class T, class F>
class reduce_terminal {
public:
    reduce_terminal(F f, stage where) : f_(std::move(f)), where_(where) {}

    template <class S>
    poll_state poll(poll_context& cx, S& stream) {
        return stream.poll(cx, [this](T&& x) WEIR_FUSED -> bool {
            if (so_far_) {
                *so_far_ = where_.call(f_, *std::move(so_far_), std::move(x));
            } else {
                so_far_.emplace(std::move(x));
            }
            return true;
        });
    }

    std::optional<T> result() { return std::move(so_far_); }

private:
    [[no_unique_address]] F f_;
    stage where_;
    std::optional<T> so_far_;
};

}  // namespace detail

/// Runs the pipeline and yields `f(... f(f(x1, x2), x3) ..., xn)`. A single item is yielded
/// unchanged. An empty stream yields an empty optional.
///
///     auto longest = [](std::string a, std::string b) { return a.size() < b.size() ? b : a; };
///     std::optional<std::string> word = co_await (words | weir::reduce(longest));
///
/// `f(T, T)` returns a `T`. If the result is of another type, or there is an initial value, use
/// `fold`.
/// Errors: `stage_error` naming "reduce" and `name` if `f` throws; exceptions of upstream pass.
/// Cancellation: as every terminal (`terminal_operation`).
template <class F>
auto reduce(F f, std::string_view name = {}) {
    return terminal_closure([f = std::move(f), name]<class S>(const S&) mutable {
        using T = item_t<S>;
        check_not_async<F, T, T>();
        static_assert(std::is_invocable_r_v<T, F&, T, T>,
                      "weir::reduce: the function cannot be called as f(item, item), or does not "
                      "return an item");
        check_owned_items<S>();
        return detail::reduce_terminal<T, F>(std::move(f), stage("reduce", name));
    });
}

}  // namespace weir
