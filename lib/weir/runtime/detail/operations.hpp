/// What an operator that awaits an async function for each item holds.
#pragma once

#include <weir/core/stream.hpp>
#include <weir/runtime/detail/operation_pool.hpp>

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace weir::detail {

/// Throws `std::invalid_argument` if no operation would be allowed; `kind` is the operator's name.
inline void check_operation_limit(std::size_t limit, const char* kind) {
    if (limit != 0) return;
    throw std::invalid_argument(std::string("weir::") + kind +
                                ": at least 1 operation must be allowed at a time");
}

/// A pool that is made with the first poll and cancelled when this goes, and the loop around it:
/// items in, results out.
template <class F, class T, class Note = no_note>
class operations {
public:
    using pool = operation_pool<F, T, Note>;
    using slot = typename pool::slot;
    using value_type = typename pool::value_type;

    operations(std::size_t limit, F f, stage where)
        : f_(std::in_place, std::move(f)), limit_(limit), where_(where) {}
    operations(operations&&) noexcept = default;
    operations& operator=(operations&&) = delete;
    ~operations() { stop(); }

    /// The poll of such an operator. `put(pool, item)` puts each item of `upstream` in a slot;
    /// `hand_on(pool)` collects and passes on what is over, false where the sink said no.
    /// When it returns `finished` or throws, everything under way has been cancelled.
    template <class S, class Put, class HandOn>
    poll_state poll(poll_context& cx, S& upstream, Put put, HandOn hand_on) {
        if (!pool_) {
            pool_ = pool::make(cx, std::move(*f_), limit_, where_);
            f_.reset();
        }
        try {
            const poll_state state = run(cx, *pool_, upstream, put, hand_on);
            if (state == poll_state::finished) stop();
            return state;
        } catch (...) {
            stop();
            throw;
        }
    }

private:
    template <class S, class Put, class HandOn>
    poll_state run(poll_context& cx, pool& calls, S& upstream, Put& put, HandOn& hand_on) {
        poll_state state = poll_state::paused;
        const typename pool::poll_scope here(calls, cx);
        for (;;) {
            if (!hand_on(calls)) return poll_state::paused;
            if (ended_ && calls.empty()) return poll_state::finished;
            if (!ended_ && state == poll_state::paused && calls.room()) {
                const poll_context::single_items as_room_comes(cx);
                state = upstream.poll(cx, [&](item_t<S>&& x) -> bool {
                    put(calls, std::move(x));
                    return calls.wants_more();
                });
                ended_ = state == poll_state::finished;
            } else if (!calls.step(cx) && calls.wait(cx)) {
                return poll_state::pending;
            }
        }
    }

    void stop() noexcept {
        if (pool_) pool_->cancel();
        pool_.reset();
    }

    std::optional<F> f_;
    std::size_t limit_;
    stage where_;
    counted_ptr<pool> pool_;
    bool ended_ = false;  // upstream has
};

/// Places of a pool, in the order in which their results go on.
template <class Slot>
class slot_queue {
public:
    bool empty() const noexcept { return first_ == nullptr; }
    Slot& front() const noexcept { return *first_; }
    void push(Slot& p) noexcept {
        p.next = nullptr;
        (first_ ? last_->next : first_) = &p;
        last_ = &p;
    }
    Slot& pop() noexcept {
        Slot& p = *first_;
        first_ = p.next;
        return p;
    }

private:
    Slot* first_ = nullptr;
    Slot* last_ = nullptr;
};

}  // namespace weir::detail
