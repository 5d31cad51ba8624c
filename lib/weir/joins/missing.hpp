/// missing: the policies of a join for an item whose key has no entry.
///
///     weir::item_count misses;
///     trades | weir::lookup_join(issuers, key, combine)                                // fails
///     trades | weir::lookup_join(issuers, key, combine, weir::missing::drop(misses))   // left out
///     trades | weir::lookup_join(issuers, key, combine, weir::missing::use(unknown))   // a default
///     trades | weir::lookup_join(issuers, key, combine, weir::missing::divert(keep))   // elsewhere
///
/// A policy of your own is a type with `template <class V, class T> const V* instead(T& item)`. It
/// returns the value to use instead, or null when it has handled the item.
#pragma once

#include <weir/core/error.hpp>
#include <weir/joins/item_count.hpp>
#include <weir/runtime/awaitable.hpp>

#include <functional>
#include <memory>
#include <stdexcept>
#include <utility>

namespace weir {

/// The error of `missing::fail`, and the cause of the join's `stage_error`.
struct missing_key_error : error {
    missing_key_error() : error("the table has no entry for an item's key") {}
};

namespace missing {

/// The pipeline fails, because every key is expected to have an entry. The default.
class fail {
public:
    template <class V, class T>
    const V* instead(T&) const {
        throw missing_key_error();
    }
};

/// The item is dropped, and counted.
class drop {
public:
    explicit drop(item_count count) : count_(std::move(count)) {}

    template <class V, class T>
    const V* instead(T&) {
        count_.add();
        return nullptr;
    }

private:
    item_count count_;
};

/// The item is combined with `value`, and counted.
template <class V>
class use {
public:
    explicit use(V value, item_count count = {})
        : value_(std::move(value)), count_(std::move(count)) {}

    template <class Wanted, class T>
    const Wanted* instead(T&) {
        count_.add();
        return std::addressof(value_);
    }

private:
    V value_;
    item_count count_;
};

/// The item goes only to `f(T&&)`, and is counted. `f` is a side output: a list, a file, a
/// channel's `try_send`. `f` runs on the segment's strand and must not block.
template <class F>
class divert {
public:
    explicit divert(F f, item_count count = {}) : f_(std::move(f)), count_(std::move(count)) {}

    template <class V, class T>
    const V* instead(T& item) {
        count_.add();
        check_not_async<F, T>();
        std::invoke(f_, std::move(item));
        return nullptr;
    }

private:
    F f_;
    item_count count_;
};

}  // namespace missing

}  // namespace weir
