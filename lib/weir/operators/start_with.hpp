/// start_with: given items in front of a stream.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/runtime/pull.hpp>

#include <concepts>
#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

namespace weir {

namespace detail {

template <class S>
class start_with_stream : public pullable<start_with_stream<S>> {
public:
    using value_type = item_t<S>;

    start_with_stream(S upstream, std::vector<value_type> first)
        : upstream_(std::move(upstream)), first_(std::move(first)) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        while (next_ < first_.size()) {
            if (!sink(value_type(std::move(first_[next_++])))) return poll_state::paused;
        }
        return upstream_.poll(cx, sink);
    }

private:
    S upstream_;
    std::vector<value_type> first_;
    std::size_t next_ = 0;  // the index of the next item in `first_`
};

}  // namespace detail

/// Passes on the given items, in the given order, and then those of upstream. Upstream is not
/// polled before the given items were passed on.
///
///     lines | weir::start_with(std::string("name,age"))
///
/// Errors of upstream pass, after the given items. Holds the given items until they were passed on;
/// ends and is cancelled with its upstream. Cost: one allocation for all items.
template <class... Ts>
    requires(sizeof...(Ts) != 0)
auto start_with(Ts... first) {
    return pipe([first = std::tuple<Ts...>(std::move(first)...)](auto upstream) mutable {
        using S = decltype(upstream);
        static_assert((std::constructible_from<item_t<S>, Ts> && ...),
                      "weir::start_with: these values cannot be made items of the stream");
        check_owned_items<S>();
        std::vector<item_t<S>> items;
        items.reserve(sizeof...(Ts));
        std::apply([&items](auto&... x) { (items.emplace_back(std::move(x)), ...); }, first);
        return detail::start_with_stream<S>(std::move(upstream), std::move(items));
    });
}

}  // namespace weir
