/// take: the first n items.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/step_kind.hpp>
#include <weir/runtime/pull.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace weir {

namespace detail {

template <class S>
class take_stream : public pullable<take_stream<S>> {
public:
    static constexpr step_kind step = step_kind::passes;
    using value_type = item_t<S>;

    take_stream(S upstream, std::uint64_t n) : upstream_(std::move(upstream)), left_(n) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        if (left_ == 0) return poll_state::finished;
        bool more = true;
        const poll_state state = upstream_.poll(cx, [&](value_type&& x) WEIR_FUSED -> bool {
            --left_;
            more = sink(std::move(x));
            return more && left_ != 0;
        });
        return more && left_ == 0 ? poll_state::finished : state;
    }

    std::size_t size_hint() const {
        return static_cast<std::size_t>(std::min<std::uint64_t>(left_, weir::size_hint(upstream_)));
    }

private:
    S upstream_;
    std::uint64_t left_;
};

}  // namespace detail

/// Passes on the first `n` items and then ends; upstream is asked for no more than `n` items.
///
///     weir::from_range(std::views::iota(0)) | weir::take(3)   // 0 1 2
///
/// If `n` is 0, upstream is never polled. Errors of upstream pass if they come before the n-th
/// item.
inline auto take(std::uint64_t n) {
    return pipe([n](auto upstream) {
        return detail::take_stream<decltype(upstream)>(std::move(upstream), n);
    });
}

}  // namespace weir
