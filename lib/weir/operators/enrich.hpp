/// enrich: joins items with the results of async lookups of their keys.
#pragma once

#include <weir/core/order.hpp>
#include <weir/core/usable_key.hpp>
#include <weir/operators/async_map.hpp>
#include <weir/operators/detail/kept_key.hpp>
#include <weir/operators/ttl_cache.hpp>
#include <weir/runtime/detail/shared_wait.hpp>

#include <absl/container/flat_hash_map.h>

#include <concepts>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// The default: a lookup that fails makes the stream fail.
struct no_fallback {};

}  // namespace detail

/// How many results `enrich` caches, and what it does when a lookup fails.
///
///     weir::enrich_policy{.max_cached = 10'000, .time_to_live = 5min,
///                         .fallback = issuer("unknown")}
template <class V = detail::no_fallback>
struct enrich_policy {
    std::size_t max_cached =
        0;  ///< Results that are kept for later items; the least used make room.
    std::optional<clock::duration> time_to_live = {};  ///< How long it is kept; empty: for ever.
    V fallback = {};                                   ///< The value used when a lookup fails.
};

namespace detail {

/// The async function behind `enrich`. All its calls run on one strand.
template <class T, class Key, class F, class Combine, class Fallback>
class enriching {
    using key_type =
        typename kept_key<std::remove_cvref_t<std::invoke_result_t<Key&, const T&>>>::type;
    using value_type = async_result_t<F, const key_type&>;
    using shared_value = std::shared_ptr<const value_type>;  // null: use the fallback
    using result_type = std::remove_cvref_t<std::invoke_result_t<Combine&, T, const value_type&>>;

public:
    enriching(Key key, F lookup, Combine combine, enrich_policy<Fallback> policy)
        : key_(std::move(key)),
          look_up_(std::move(lookup)),
          combine_(std::move(combine)),
          timed_(policy.time_to_live.has_value()),
          fallback_(std::move(policy.fallback)),
          cache_(policy.max_cached, policy.time_to_live) {}

    asio::awaitable<result_type> operator()(T item) {
        const auto executor = co_await asio::this_coro::executor;
        const key_type key(std::invoke(key_, std::as_const(item)));
        check_usable(key);
        const shared_value* const known = cache_.find(key, now(executor));
        shared_value value = known ? *known : shared_value();
        if (!known) value = co_await ask(executor, key);
        if constexpr (std::same_as<Fallback, no_fallback>) {
            co_return std::invoke(combine_, std::move(item), *value);
        } else {
            const value_type& found = value ? *value : fallback_;
            co_return std::invoke(combine_, std::move(item), found);
        }
    }

private:
    /// A lookup under way, and the calls that wait for it.
    struct flight {
        shared_value value;
        std::exception_ptr failure;
        shared_wait waiting;
    };
    using flight_ptr = std::shared_ptr<flight>;

    clock::time_point now(const asio::any_io_executor& executor) const {
        return timed_ ? clock_of(executor).now() : clock::time_point();
    }

    asio::awaitable<shared_value> ask(asio::any_io_executor executor, const key_type& key) {
        const auto [at, first] = flights_.try_emplace(key);
        if (!first) {
            const flight_ptr other = at->second;
            co_await other->waiting.wait();
            co_return outcome_of(*other);
        }
        const auto mine = at->second = std::make_shared<flight>();
        const landing at_the_end(*this, key, mine);
        try {
            auto value = co_await call_async(look_up_, key);
            mine->value = std::make_shared<const value_type>(std::move(value));
        } catch (...) {
            mine->failure = std::current_exception();
        }
        if (mine->value) cache_.put(key, mine->value, now(executor));
        mine->waiting.wake_all();
        co_return outcome_of(*mine);
    }

    shared_value outcome_of(const flight& f) const {
        constexpr bool must_succeed = std::same_as<Fallback, no_fallback>;
        if (f.failure && must_succeed) std::rethrow_exception(f.failure);
        return f.value;
    }

    /// Ends a lookup, even if the lookup is destroyed with its context.
    struct landing {
        landing(enriching& e, const key_type& k, flight_ptr f)
            : owner(e), key(k), which(std::move(f)) {}
        landing(const landing&) = delete;
        landing& operator=(const landing&) = delete;
        ~landing() {
            owner.flights_.erase(key);
            which->waiting.drop_all();
        }
        enriching& owner;
        const key_type& key;
        flight_ptr which;
    };

    Key key_;
    F look_up_;
    Combine combine_;
    bool timed_;
    Fallback fallback_;
    ttl_cache<key_type, shared_value> cache_;
    absl::flat_hash_map<key_type, flight_ptr> flights_;
};

/// The common implementation of `enrich` and `enrich_unordered`.
template <order Order, class Key, class F, class Combine, class V>
auto enrich_in(std::size_t n, Key key, F lookup, Combine combine, enrich_policy<V> policy,
               const char* kind, std::string_view name) {
    check_operation_limit(n, kind);
    if (policy.time_to_live && *policy.time_to_live <= clock::duration::zero()) {
        throw std::invalid_argument(std::string("weir::") + kind +
                                    ": the time to live must be positive");
    }
    return pipe([n, key = std::move(key), lookup = std::move(lookup), combine = std::move(combine),
                 policy = std::move(policy), kind, name](auto upstream) mutable {
        using T = item_t<decltype(upstream)>;
        using function = enriching<T, Key, F, Combine, V>;
        function f(std::move(key), std::move(lookup), std::move(combine), std::move(policy));
        return std::move(upstream) | async_map_in<Order>(n, std::move(f), kind, name);
    });
}

}  // namespace detail

/// Passes on `combine(item, value)`, where `value` is the result of awaiting `lookup(key(item))`: a
/// join with a database or a service. Results come in the order of the items, with at most `n`
/// items at a time.
///
///     trades | weir::enrich(16, &trade::issuer_id, find_issuer, join,
///                           weir::enrich_policy{.max_cached = 10'000, .time_to_live = 5min})
///     // asio::awaitable<issuer> find_issuer(int id);  report join(trade t, const issuer& i);
///
/// Items with the same key at the same time share one lookup. With a cache (of `policy.max_cached`
/// values; the least recently used is replaced), later items need no lookup. Failures are not
/// cached. If a lookup fails, its items get `policy.fallback`, if it is set. `lookup` is an async
/// function (see `async_map`) of `const key&`. `combine` takes the item as an rvalue, and a `const
/// value&`. All run on the segment's strand. Keys must be copyable and hashable by Abseil. Time is
/// that of the executor's clock.
/// Errors: an exception of any of them, and a key that does not equal itself (`unusable_key_error`:
/// a NaN), becomes a `stage_error` naming "enrich" and `name`. A shared lookup's exception is
/// thrown at the first of its items. `std::invalid_argument` if `n` is 0 or the time to live is not
/// positive.
/// Holds up to `n` items; end and cancellation as for `async_map`: a lookup under way is cancelled.
/// Cost: one coroutine per item, one or two allocations per lookup.
template <class Key, class F, class Combine, class V = detail::no_fallback>
auto enrich(std::size_t n, Key key, F lookup, Combine combine, enrich_policy<V> policy = {},
            std::string_view name = {}) {
    return detail::enrich_in<order::as_given>(n, std::move(key), std::move(lookup),
                                              std::move(combine), std::move(policy), "enrich",
                                              name);
}

/// The same, but results are passed on as they come, so cached results do not wait for lookups.
template <class Key, class F, class Combine, class V = detail::no_fallback>
auto enrich_unordered(std::size_t n, Key key, F lookup, Combine combine,
                      enrich_policy<V> policy = {}, std::string_view name = {}) {
    return detail::enrich_in<order::as_completed>(n, std::move(key), std::move(lookup),
                                                  std::move(combine), std::move(policy),
                                                  "enrich_unordered", name);
}

}  // namespace weir
