/// step_by: every n-th item.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/step_kind.hpp>
#include <weir/runtime/pull.hpp>

#include <cstdint>
#include <stdexcept>
#include <utility>

namespace weir {

namespace detail {

template <class S>
class step_by_stream : public pullable<step_by_stream<S>> {
public:
    static constexpr step_kind step = step_kind::filters;
    using value_type = item_t<S>;

    step_by_stream(S upstream, std::uint64_t n) : upstream_(std::move(upstream)), n_(n) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        return upstream_.poll(cx, [this, &sink](value_type&& x) WEIR_FUSED -> bool {
            if (left_ != 0) {
                --left_;
                return true;
            }
            left_ = n_ - 1;
            return sink(std::move(x));
        });
    }

private:
    S upstream_;
    std::uint64_t n_;
    std::uint64_t left_ = 0;  // items to drop before the next one is passed on
};

}  // namespace detail

/// Passes on the first item and every `n`-th item after it, and drops the items between.
///
///     readings | weir::step_by(60)   // one a minute of one a second
///
/// Errors: `std::invalid_argument` if `n` is 0; errors of upstream pass. Holds nothing: ends and is
/// cancelled with its upstream.
inline auto step_by(std::uint64_t n) {
    if (n == 0) throw std::invalid_argument("weir::step_by: the step must be at least 1");
    return pipe([n](auto upstream) {
        return detail::step_by_stream<decltype(upstream)>(std::move(upstream), n);
    });
}

}  // namespace weir
