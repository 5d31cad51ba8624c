/// enumerate: items with their numbers.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/step_kind.hpp>
#include <weir/runtime/pull.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace weir {

namespace detail {

template <class S>
class enumerate_stream : public pullable<enumerate_stream<S>> {
public:
    static constexpr step_kind step = step_kind::passes;
    using value_type = std::pair<std::uint64_t, item_t<S>>;

    explicit enumerate_stream(S upstream) : upstream_(std::move(upstream)) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        return upstream_.poll(cx, [this, &sink](item_t<S>&& x) WEIR_FUSED -> bool {
            return sink(value_type(next_++, std::move(x)));
        });
    }

    std::size_t size_hint() const { return weir::size_hint(upstream_); }

private:
    S upstream_;
    std::uint64_t next_ = 0;
};

}  // namespace detail

/// Passes on a pair for each item: its number, from 0, and the item.
///
///     names | weir::enumerate() | weir::for_each([](auto x) { print(x.first, x.second); })
inline auto enumerate() {
    return pipe([](auto upstream) {
        return detail::enumerate_stream<decltype(upstream)>(std::move(upstream));
    });
}

}  // namespace weir
