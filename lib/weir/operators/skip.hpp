/// skip: drops the first n items.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/step_kind.hpp>
#include <weir/runtime/pull.hpp>

#include <cstdint>
#include <utility>

namespace weir {

namespace detail {

template <class S>
class skip_stream : public pullable<skip_stream<S>> {
public:
    static constexpr step_kind step = step_kind::filters;
    using value_type = item_t<S>;

    skip_stream(S upstream, std::uint64_t n) : upstream_(std::move(upstream)), left_(n) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        return upstream_.poll(cx, [this, &sink](value_type&& x) WEIR_FUSED -> bool {
            if (left_ == 0) return sink(std::move(x));
            --left_;
            return true;
        });
    }

private:
    S upstream_;
    std::uint64_t left_;
};

}  // namespace detail

/// Drops the first `n` items and passes on the rest, in order. A shorter stream becomes empty.
///
///     lines | weir::skip(1)   // without the title
inline auto skip(std::uint64_t n) {
    return pipe([n](auto upstream) {
        return detail::skip_stream<decltype(upstream)>(std::move(upstream), n);
    });
}

}  // namespace weir
