/// timestamps: the time at which each item came.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/pull.hpp>

#include <utility>

namespace weir {

/// An item and its time of arrival, by the clock of its executor.
template <class T>
struct timestamped {
    clock::time_point time;
    T value;

    friend bool operator==(const timestamped&, const timestamped&) = default;
};

template <class T>
inline constexpr bool is_borrowed<timestamped<T>> = is_borrowed<T>;

namespace detail {

template <class S>
class timestamps_stream : public pullable<timestamps_stream<S>> {
public:
    using value_type = timestamped<item_t<S>>;

    explicit timestamps_stream(S upstream) : upstream_(std::move(upstream)) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        const clock& time = clock_of(cx.executor());
        return upstream_.poll(cx, [&time, &sink](item_t<S>&& x) -> bool {
            return sink(value_type{time.now(), std::move(x)});
        });
    }

private:
    S upstream_;
};

}  // namespace detail

/// Passes on each item with the time at which it passed this step: `timestamped<T>`, in order.
/// Times never go back.
///
///     readings | weir::timestamps() | weir::for_each([](weir::timestamped<reading> r) { ... })
///
/// Time is that of the executor's clock (`weir::set_clock`). It is a steady clock, for durations
/// and `interval_join`, not for calendars. Holds nothing: ends, fails and is cancelled with its
/// upstream. Cost: one clock read per item.
inline auto timestamps() {
    return pipe([](auto upstream) {
        return detail::timestamps_stream<decltype(upstream)>(std::move(upstream));
    });
}

}  // namespace weir
