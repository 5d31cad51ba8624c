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

/// Made by `partition<T>(which)`.
template <class T, class F>
class partitioned : public branches<T> {
public:
    partitioned(F which, stage where) : which_(std::move(which)), where_(where) {}

    /// Puts `item` into the branch it belongs to: for `branches_terminal`.
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

/// One stream into several branches, each item into one of them: number `which(item)` of those that
/// `branch(...)` has made, from 0 on. Where `which` returns a bool, the first branch gets the items
/// for which it is true, the second the others.
///
///     auto orders = weir::partition<order>([](const order& o) { return o.size > 1'000; });
///     auto large = orders.branch(64);
///     auto others = orders.branch(64);
///     p.add("orders", incoming | weir::into(std::move(orders)));
///
/// `which` is called with `const T&`, on the segment's strand. Items may be move-only; nothing is
/// copied. Items of a branch whose consumer is gone are dropped. Errors: an exception of `which`
/// becomes a `stage_error` that names "partition" and `name`; `std::out_of_range` for a number that
/// no branch has.
/// A branch that is full and waits keeps all of them waiting: give those that must not a
/// `slow_branch` policy, or capacity. All else as `fan_out`.
template <class T, class F>
auto partition(F which, std::string_view name = {}) {
    check_not_async<F, const T&>();
    static_assert(std::is_invocable_v<F&, const T&>,
                  "weir::partition: the function cannot be called with the items");
    static_assert(std::integral<std::invoke_result_t<F&, const T&>>,
                  "weir::partition: the function must return a bool, or a branch's number");
    return partitioned<T, F>(std::move(which), stage("partition", name));
}

/// Runs the pipeline into the branches; completes when it has ended and all is sent, or nobody
/// wants more. See `partition`.
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
