/// batch: gathers items in vectors, by count, size, time, or a combination.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stage.hpp>
#include <weir/core/step_kind.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/pull.hpp>
#include <weir/runtime/saturating.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

/// When a batch is passed on. A field that is not set is no limit; at least one must be set.
struct batch_limits {
    static constexpr std::size_t none = std::size_t(-1);

    std::size_t max_items = none;              ///< The number of items of a full batch.
    std::size_t max_bytes = none;              ///< The maximum size of all its items together.
    std::optional<clock::duration> wait = {};  ///< How long a batch waits for more items.
};

namespace detail {

/// For batches without a limit in bytes.
struct unsized {};

/// By count, and by size unless `SizeOf` is `unsized`.
template <class S, class SizeOf = unsized>
class batch_stream : public pullable<batch_stream<S, SizeOf>> {
    static constexpr bool sized = !std::same_as<SizeOf, unsized>;

public:
    static constexpr step_kind step = step_kind::gathers;
    using value_type = std::vector<item_t<S>>;

    batch_stream(S upstream, const batch_limits& limits, SizeOf size_of = {},
                 stage where = batching)
        : upstream_(std::move(upstream)),
          most_items_(limits.max_items),
          most_bytes_(limits.max_bytes),
          size_of_(std::move(size_of)),
          where_(where) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        // Full already: the last item was too large for the batch before it, and the sink refused
        // after that batch.
        if (sized && full() && !flush(sink)) return poll_state::paused;
        if (ended_) return poll_state::finished;
        const poll_state state = upstream_.poll(
            cx, [this, &sink](item_t<S>&& x) -> bool { return take(std::move(x), sink); });
        ended_ = state == poll_state::finished;
        // If the sink refuses after the last batch, it sees the end with the next poll.
        return ended_ && !flush(sink) ? poll_state::paused : state;
    }

    /// Passes on the gathered items, if there are any.
    template <class Sink>
    bool flush(Sink& sink) {
        bytes_ = 0;
        return part_.empty() || sink(std::exchange(part_, {}));
    }

    bool empty() const noexcept { return part_.empty(); }

private:
    // A larger batch grows as it fills, because its size may be no real limit (a batch by time).
    static constexpr std::size_t reserve_most =
        std::max(std::size_t{1}, (std::size_t{1} << 20) / sizeof(item_t<S>));
    static constexpr stage batching = stage("batch");

    template <class Sink>
    bool take(item_t<S>&& x, Sink& sink) {
        bool more = true;
        if constexpr (sized) {
            const auto size = static_cast<std::size_t>(where_.call(size_of_, std::as_const(x)));
            if (size > most_bytes_ - bytes_) more = flush(sink);
            bytes_ = size < most_bytes_ - bytes_ ? bytes_ + size : most_bytes_;
        }
        if (part_.empty() && !sized && most_items_ != batch_limits::none) {
            part_.reserve(std::min(most_items_, reserve_most));
        }
        part_.push_back(std::move(x));
        return more && (!full() || flush(sink));
    }

    bool full() const noexcept {
        return part_.size() >= most_items_ || (sized && bytes_ == most_bytes_);
    }

    S upstream_;
    std::size_t most_items_;
    std::size_t most_bytes_;
    std::size_t bytes_ = 0;  // the size of the gathered items; at most `most_bytes_`
    [[no_unique_address]] SizeOf size_of_;
    stage where_;
    bool ended_ = false;  // upstream has ended
    value_type part_;
};

/// The same, or by time, whichever comes first.
template <class S, class SizeOf = unsized>
class timed_batch_stream : public pullable<timed_batch_stream<S, SizeOf>> {
    using batches = batch_stream<S, SizeOf>;

public:
    static constexpr step_kind step = step_kind::gathers;
    using value_type = typename batches::value_type;

    timed_batch_stream(batches all, std::optional<clock::duration> wait)
        : batches_(std::move(all)), wait_(wait) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        const poll_state state = batches_.poll(cx, [this, &sink](value_type&& whole) -> bool {
            waiting_ = false;  // the next item opens a new batch, with its own deadline
            return sink(std::move(whole));
        });
        if (!wait_ || state != poll_state::pending || batches_.empty()) return state;
        if (!std::exchange(waiting_, true)) {
            deadline_ = deadline_after(clock_of(cx.executor()).now(), *wait_);
        }
        if (!alarm_.reached(cx, deadline_)) return poll_state::pending;
        waiting_ = false;
        return batches_.flush(sink) ? poll_state::pending : poll_state::paused;
    }

private:
    batches batches_;
    std::optional<clock::duration> wait_;
    clock::time_point deadline_{};
    bool waiting_ = false;  // a partial batch has a deadline
    alarm alarm_;
};

}  // namespace detail

/// Gathers items into vectors of `size`, in order. The last vector may be shorter; none is empty.
///
///     rows | weir::batch(5'000)
///
/// Holds up to one batch. On a failure or a cancellation, a partial batch is dropped with the
/// pipeline.
/// Errors: `std::invalid_argument` if `size` is 0.
/// Cost: one allocation per batch (of up to 1 MiB; a larger batch grows as it fills).
inline auto batch(std::size_t size) {
    if (size == 0) throw std::invalid_argument("weir::batch: the size must be at least 1");
    return pipe([size](auto upstream) {
        using S = decltype(upstream);
        check_owned_items<S>();
        return detail::batch_stream<S>(std::move(upstream), batch_limits{.max_items = size});
    });
}

/// Gathers items into vectors. A vector is passed on when any of `limits` is reached:
/// - `max_items`: when it has that many items;
/// - `max_bytes`: when its items have that size together, or before an item that would exceed it. A
///   single item that exceeds it makes a batch of its own. `size_of(const T&)` returns the size of
///   an item, and is called once for each;
/// - `wait`: at the latest that long after upstream had no more items ready for the batch's first
///   items. Time is that of the executor's clock.
///
///     auto size_of = [](const std::string& s) { return s.size(); };
///     auto limits = weir::batch_limits{.max_items = 500, .max_bytes = 1 << 20, .wait = 50ms};
///     lines | weir::batch(limits, size_of)
///
/// Order and held items: as above.
/// Errors: `std::invalid_argument` if a limit is 0 or none is given; an exception of `size_of`
/// becomes a `stage_error` naming "batch" and `name`.
/// Cost: each batch grows as it fills.
template <class SizeOf>
auto batch(const batch_limits& limits, SizeOf size_of, std::string_view name = {}) {
    if (limits.max_items == 0)
        throw std::invalid_argument("weir::batch: the size must be at least 1");
    if (limits.max_bytes == 0)
        throw std::invalid_argument("weir::batch: the bytes must be at least 1");
    if (limits.max_items == batch_limits::none && limits.max_bytes == batch_limits::none &&
        !limits.wait) {
        throw std::invalid_argument("weir::batch: there must be a limit");
    }
    return pipe([limits, size_of = std::move(size_of), name](auto upstream) mutable {
        using S = decltype(upstream);
        check_owned_items<S>();
        static_assert(
            std::same_as<SizeOf, detail::unsized> || std::is_invocable_v<SizeOf&, const item_t<S>&>,
            "weir::batch: the function that weighs cannot be called with a const "
            "reference to the stream's items");
        return detail::timed_batch_stream<S, SizeOf>(
            detail::batch_stream<S, SizeOf>(std::move(upstream), limits, std::move(size_of),
                                            stage("batch", name)),
            limits.wait);
    });
}

/// The same without a limit in bytes.
///
///     events | weir::batch(weir::batch_limits{.wait = 50ms})   // by time alone
inline auto batch(const batch_limits& limits) {
    if (limits.max_bytes != batch_limits::none) {
        throw std::invalid_argument(
            "weir::batch: a limit in bytes needs a function that gives the size of an item");
    }
    return batch(limits, detail::unsized());
}

/// By count or time, whichever comes first.
///
///     events | weir::batch(1'000, 50ms)
inline auto batch(std::size_t size, clock::duration wait) {
    return batch(batch_limits{.max_items = size, .wait = wait});
}

}  // namespace weir
