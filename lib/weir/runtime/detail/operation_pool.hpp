/// The operations of an async function that are under way at the same time.
#pragma once

#include <weir/core/poll.hpp>
#include <weir/core/stage.hpp>
#include <weir/core/waker.hpp>
#include <weir/runtime/async_function.hpp>
#include <weir/runtime/detail/atomic_intrusive_queue.hpp>
#include <weir/runtime/detail/pool_queue.hpp>
#include <weir/runtime/detail/segment.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::detail {

/// Nothing to note beside an item.
struct no_note {};

/// Awaits `f(item)` for up to `limit` items at once, on one strand: that of the segment that polled
/// it first. A stream holds one, gives it items while there is `room()`, and `collect()`s slots
/// whose operation is over; it is woken (`wait`) when there are some.
///
/// Each item has a *slot*. A slot has a coroutine that lives as long as the pool, awaits one item
/// after the other and is parked in between: so an item costs the frame of `f`'s own coroutine and
/// nothing else, and no operation waits for a poll to go on.
///
/// It is a segment of its own, because operations outlive the stream: `cancel()` (from any thread)
/// cancels those under way through their cancellation slots, and the pool releases `f` and its
/// ticket when the last of them has ended.
///
/// A slot owns the cancellation signal of its coroutine. Asio may use the signal's slot until it
/// calls the completion handler that `co_spawn` was given, and some versions do so after the
/// coroutine has returned. So a slot stays until that handler was called or destroyed, and the
/// pool counts those handlers. A coroutine that has not begun is not cancelled but returns at once,
/// because Asio 1.26 to 1.29 throws into the executor where one is cancelled that never waited.
///
/// `Note` is what the stream writes to a slot; it stays there until it is written to again.
/// All but `cancel` is called by the stream's poller, one thread at a time.
template <class F, class T, class Note = no_note>
class operation_pool final : public segment {
public:
    using value_type = async_value_t<F, T>;

    /// An item on its way to a result.
    class slot {
    public:
        /// For its stream, to queue slots in an order of its own.
        slot* next = nullptr;
        /// True when it was collected and not yet emptied.
        bool completed = false;
        /// For its stream.
        [[no_unique_address]] Note note{};

    private:
        friend operation_pool;
        using parked = asio::async_result<asio::use_awaitable_t<>, void()>::handler_type;

        std::optional<T> item_;
        std::optional<value_type> value_;
        std::exception_ptr error_;
        std::optional<parked> coroutine_;  // where it is to be resumed, while it has nothing to do
        asio::cancellation_signal cancel_;
        slot* link_ = nullptr;  // the link of `handover`
        bool spawned_ = false;
        bool begun_ = false;  // its coroutine has
        bool under_way_ = false;

    public:
        /// For `handover`.
        slot*& link() noexcept { return link_; }
    };

    /// Made when the stream is first polled.
    static counted_ptr<operation_pool> make(poll_context& cx, F f, std::size_t limit, stage where) {
        auto executor =
            is_strand(cx.executor()) ? cx.executor() : make_segment_executor(cx.executor());
        auto pool = counted_ptr<operation_pool>::adopt(
            new operation_pool(std::move(executor), cx.hold(), std::move(f), limit, where));
        pool->enlist();
        return pool;
    }

    /// Lives as long as a poll of the stream does.
    class poll_scope {
    public:
        poll_scope(operation_pool& p, poll_context& cx) noexcept : pool_(p) {
            on_strand_ = cx.executor() == pool_.executor();
            if (on_strand_) pool_.on_strand_ = true;
        }
        poll_scope(const poll_scope&) = delete;
        poll_scope& operator=(const poll_scope&) = delete;
        ~poll_scope() {
            if (on_strand_) pool_.on_strand_ = false;
        }

    private:
        operation_pool& pool_;
        bool on_strand_;  // else the pool's strand may be running just now
    };

    bool room() const noexcept { return taken_ < limit_; }
    bool empty() const noexcept { return taken_ == 0; }
    /// Room, and no result that should go on first.
    bool wants_more() const noexcept {
        return room() && !completed_on_strand_ && completed_.empty();
    }

    /// Puts an item in a slot. There must be room.
    slot& put(T&& item) {
        if (!free_) {
            slots_.push_back(std::make_unique<slot>());
            free_ = slots_.back().get();
        }
        slot& p = *free_;
        p.item_.emplace(std::move(item));
        free_ = std::exchange(p.next, nullptr);
        ++taken_;
        return p;
    }

    /// Starts the operation of a slot: here and now if this poll is on the pool's strand,
    /// otherwise there, soon.
    void start(slot& p) {
        if (on_strand_) {
            launch(p);
        } else if (ordered_.put(p)) {
            wake();
        }
    }

    /// Calls `each(slot)` for each operation that has ended since, in that order.
    template <class Each>
    void collect(Each each) {
        slot* p =
            completed_on_strand_ ? std::exchange(completed_on_strand_, nullptr) : completed_.take();
        while (p) {
            slot* const following = p->link();
            p->completed = true;
            each(*p);
            p = following;
        }
    }

    /// Lets the next operation that can go on do so, here and now; false if there is none, this
    /// turn's budget is spent, or this is not the pool's strand. Operations go on without it, too:
    /// but what is done in the poll need not be posted, and its memory is still at hand.
    bool step(poll_context& cx) {
        if (!on_strand_ || !queue_->ready() || cx.grant(1) == 0) return false;
        queue_->step();
        return true;
    }

    /// False when there is something to collect; otherwise the poller is woken when there is.
    bool wait(poll_context& cx) {
        if (completed_on_strand_) return false;
        waiting_.arm(cx.poller());
        if (completed_.empty()) return true;
        waiting_.disarm();
        return false;
    }

    /// Empties a slot that was collected: its result, or what `f` threw as a `stage_error`.
    value_type take(slot& p) {
        if (p.error_) rethrow(std::exchange(p.error_, nullptr));
        value_type value = std::move(*p.value_);
        p.value_.reset();
        p.completed = false;
        --taken_;
        p.next = std::exchange(free_, &p);
        return value;
    }

private:
    operation_pool(asio::any_io_executor executor, ticket scope, F f, std::size_t limit,
                   stage where)
        : segment(std::move(executor)),
          scope_(std::move(scope)),
          f_(std::in_place, std::move(f)),
          limit_(limit),
          where_(where),
          queue_(pool_queue::make(this->executor())) {}

    /// Runs the slot's coroutine with its new item; but not before those that are still to begin.
    /// On the strand.
    void launch(slot& p) {
        p.under_way_ = true;
        if (!std::exchange(p.spawned_, true)) {
            spawn(p);
        } else if (to_begin_ == 0) {
            resume(p);
        } else {
            queue_->post([self = counted_ptr<operation_pool>::share(this), where = &p] {
                if (!self->cancelled()) resume(*where);  // else `end` does
            });
        }
    }

    void spawn(slot& p) {
        ++to_begin_;
        auto ended = [pool = counted_ptr<operation_pool>::share(this)](const std::exception_ptr&) {
            // `serve` does not throw.
            if (--pool->spawned_ == 0) pool->wake();
        };
        asio::co_spawn(queue_->get_executor(), serve(counted_ptr<operation_pool>::share(this), &p),
                       asio::bind_cancellation_slot(p.cancel_.slot(), std::move(ended)));
        ++spawned_;  // now that nothing has thrown; a pool queue runs nothing inline
    }

    static void resume(slot& p) {
        auto coroutine = std::move(*p.coroutine_);
        p.coroutine_.reset();
        std::move(coroutine)();
    }

    // A slot's coroutine. It holds the pool; the pool releases it when it closes.
    static asio::awaitable<void> serve(counted_ptr<operation_pool> pool, slot* p) {
        --pool->to_begin_;
        p->begun_ = true;
        if (pool->cancelled()) co_return;
        for (;;) {
            try {
                if constexpr (std::is_void_v<async_result_t<F, T>>) {
                    co_await call_async(*pool->f_, std::move(*p->item_));
                    p->value_.emplace();
                } else {
                    auto value = co_await call_async(*pool->f_, std::move(*p->item_));
                    p->value_.emplace(std::move(value));
                }
            } catch (...) {
                p->error_ = std::current_exception();
            }
            pool->finish(*p);
            if (pool->cancelled()) co_return;
            co_await park(p);
            if (pool->cancelled()) co_return;
        }
    }

    static asio::awaitable<void> park(slot* p) {
        auto keep = [](auto handler, slot* where) {
            where->coroutine_.emplace(std::move(handler));
        };
        return asio::async_initiate<const asio::use_awaitable_t<>, void()>(std::move(keep),
                                                                           asio::use_awaitable, p);
    }

    void finish(slot& p) {
        p.item_.reset();
        p.under_way_ = false;
        if (cancelled()) return;  // the result is not collected
        if (on_strand_) {
            p.link() = nullptr;
            (completed_on_strand_ ? last_on_strand_->link() : completed_on_strand_) = &p;
            last_on_strand_ = &p;
        } else if (completed_.put(p)) {
            waiting_.wake();
        }
    }

    bool advance() noexcept override {
        if (cancelled()) return end();
        for (slot* p = ordered_.take(); p;) {
            slot* const following = p->link();
            launch(*p);
            p = following;
        }
        return false;
    }

    /// Ends the operations. True when Asio has called the completion handlers of all coroutines.
    bool end() {
        if (!std::exchange(cancel_sent_, true)) {
            for (const auto& p : slots_) {
                if (p->under_way_ && p->begun_) p->cancel_.emit(asio::cancellation_type::terminal);
            }
            // From now on none is parked: each looks at `cancelled()` first.
            for (const auto& p : slots_) {
                if (p->coroutine_) resume(*p);
            }
        }
        if (spawned_ != 0) return false;
        slots_.clear();
        f_.reset();
        scope_.reset();
        return true;
    }

    // Breaks the cycle of slots and coroutines. The rest goes with the pool: where the context is
    // destroyed first, there are still frames that refer to it.
    void release_resources() noexcept override {
        waiting_.disarm();
        for (const auto& p : slots_) p->coroutine_.reset();
        queue_.reset();
    }

    [[noreturn]] void rethrow(std::exception_ptr error) const {
        try {
            std::rethrow_exception(std::move(error));
        } catch (...) {
            where_.fail();
        }
    }

    ticket scope_;  // the first member, so that it is the last to go
    std::optional<F> f_;
    std::size_t limit_;
    stage where_;

    counted_ptr<pool_queue> queue_;

    // The poller's.
    std::size_t taken_ = 0;  // slots that hold an item or its result
    slot* free_ = nullptr;

    // Both sides'.
    atomic_intrusive_queue<slot> ordered_;    // to be started
    atomic_intrusive_queue<slot> completed_;  // their operation is over
    waker_slot waiting_;

    // The strand's.
    bool on_strand_ = false;               // it is just now being polled, on this strand
    slot* completed_on_strand_ = nullptr;  // ended in such a poll, and so in need of no `handover`
    slot* last_on_strand_ = nullptr;
    std::vector<std::unique_ptr<slot>> slots_;
    std::size_t spawned_ = 0;   // coroutines whose completion handler was not called yet
    std::size_t to_begin_ = 0;  // coroutines that were spawned and have not run yet
    bool cancel_sent_ = false;  // the operations have been asked to end
};

}  // namespace weir::detail
