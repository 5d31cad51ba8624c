/// dedup: makes equal neighbours one item.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stage.hpp>
#include <weir/core/step_kind.hpp>
#include <weir/operators/detail/kept_key.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/pull.hpp>

#include <functional>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class S, class Key>
class dedup_stream : public pullable<dedup_stream<S, Key>> {
public:
    static constexpr step_kind step = step_kind::filters;
    using value_type = item_t<S>;

    dedup_stream(S upstream, Key key, stage where)
        : upstream_(std::move(upstream)), key_(std::move(key)), where_(where) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        return upstream_.poll(cx, [this, &sink](value_type&& x) WEIR_FUSED -> bool {
            auto&& key = where_.call(key_, std::as_const(x));
            if (last_ && *last_ == key) return true;
            last_ = kept_key_t<Key, S>(std::forward<decltype(key)>(key));
            return sink(std::move(x));
        });
    }

private:
    S upstream_;
    [[no_unique_address]] Key key_;
    stage where_;
    std::optional<kept_key_t<Key, S>> last_;
};

}  // namespace detail

/// Drops an item that equals the item before it. It compares `key(const T&)`, by default the item.
/// Only neighbours are compared; `dedup_recent` remembers more.
///
///     readings | weir::dedup()
///     prices   | weir::dedup(&price::cents)
///
/// Holds a copy of the last key (a string, if `key` returns a `std::string_view`).
/// Errors: an exception of `key` becomes a `stage_error` naming "dedup" and `name`.
template <class Key = std::identity>
auto dedup(Key key = {}, std::string_view name = {}) {
    return pipe([key = std::move(key), name](auto upstream) mutable {
        using S = decltype(upstream);
        check_not_async<Key, const item_t<S>&>();
        static_assert(std::is_invocable_v<Key&, const item_t<S>&>,
                      "weir::dedup: the key cannot be called with the stream's items");
        return detail::dedup_stream<S, Key>(std::move(upstream), std::move(key),
                                            stage("dedup", name));
    });
}

}  // namespace weir
