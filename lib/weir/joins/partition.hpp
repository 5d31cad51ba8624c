/// partition: every item to one of several branches.
#pragma once

#include <weir/core/stage.hpp>
#include <weir/joins/branches.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/terminal.hpp>

#include <concepts>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// The result of `partition<T>(which)`.
template <class T, class F>
class partitioned : public branches<T> {
public:
    partitioned(F which, stage where) : which_(std::move(which)), where_(where) {}

    /// Puts `item` into its branch; called by `branches_terminal`.
    void give(T&& item) {
        const std::size_t i = number_of(item);
        if (i >= this->lines().size()) {
            throw std::out_of_range("weir::partition: there is no branch " + std::to_string(i) +
                                    ", but " + std::to_string(this->lines().size()));
        }
        this->lines()[i].put(std::move(item));
    }

private:
    std::size_t number_of(const T& item) {
        if constexpr (std::same_as<std::invoke_result_t<F&, const T&>, bool>) {
            return where_.call(which_, item) ? 0 : 1;
        } else {
            return static_cast<std::size_t>(where_.call(which_, item));
        }
    }

    F which_;
    stage where_;
};

/// Sends each item of one stream to one of several branches. `which(item)` returns the number of
/// the branch, counted from 0 in the order in which `branch(...)` made them. If `which` returns a
/// bool, true means the first branch and false the second.
///
///     auto orders = weir::partition<order>([](const order& o) { return o.size > 1'000; });
///     auto large = orders.branch(64);
///     auto others = orders.branch(64);
///     p.add("orders", incoming | weir::into(std::move(orders)));
///
/// `which` is called with `const T&`, on the segment's strand. Items may be move-only; no item is
/// copied. Items of a branch whose consumer is destroyed are dropped.
/// Errors: an exception of `which` becomes a `stage_error` that names "partition" and `name`;
/// `std::out_of_range` for a number that no branch has.
/// A full branch that waits makes all branches wait. If a branch must not hold up the others, give
/// it an `overflow` policy, or more capacity. All else as `fan_out`.
template <class T, class F>
auto partition(F which, std::string_view name = {}) {
    check_not_async<F, const T&>();
    static_assert(std::is_invocable_v<F&, const T&>,
                  "weir::partition: the function cannot be called with the items");
    static_assert(std::integral<std::invoke_result_t<F&, const T&>>,
                  "weir::partition: the function must return a bool, or a branch's number");
    return partitioned<T, F>(std::move(which), stage("partition", name));
}

/// Runs the pipeline into the branches. It completes when the stream has ended and all items are
/// sent, or when no consumer is left. See `partition`.
template <class T, class F>
auto into(partitioned<T, F> to) {
    return terminal_closure([to = std::move(to)]<class S>(const S&) mutable {
        static_assert(std::same_as<item_t<S>, T>,
                      "weir::into: the branches' item type is not the stream's");
        check_owned_items<S>();
        to.note_fed();
        return detail::branches_terminal<T, partitioned<T, F>>(std::move(to));
    });
}

}  // namespace weir
