/// The lifetime of the resource behind `using_resource`.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/core/poll.hpp>
#include <weir/core/stage.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/detail/gate.hpp>

#include <atomic>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// The default close function: the destructor does all the work.
struct close_by_destructor {
    template <class R>
    void operator()(R) const noexcept {}
};

/// The resource, the functions that open, use and close it, and the leases of its users. The scope
/// is owned by the stream, by each user through a `lease`, and by the coroutine that opens the
/// resource. If the last owner releases it before the stream has closed the resource, the resource
/// is closed then.
template <class Open, class Use, class Close>
class resource_scope : public std::enable_shared_from_this<resource_scope<Open, Use, Close>> {
public:
    using resource = awaited_t<std::invoke_result_t<Open&>>;
    static constexpr bool opens_later = is_awaitable<std::invoke_result_t<Open&>>;
    static constexpr bool closes_later = is_awaitable<std::invoke_result_t<Close&, resource>>;

    resource_scope(Open o, Use u, Close c)
        : open_(std::move(o)),
          use_(std::move(u)),
          closing_(std::make_shared<closing>(std::move(c))) {}
    resource_scope(const resource_scope&) = delete;
    resource_scope& operator=(const resource_scope&) = delete;
    ~resource_scope() {
        if (resource_) abandon();
    }

    /// Remembers the pipeline that the resource belongs to.
    void enter(poll_context& cx) {
        closing_->pipeline = cx.hold();
        executor_ = cx.executor();
        way_in_ = gate_of(asio::query(executor_, asio::execution::context));
    }

    void open(const stage& where) { resource_.emplace(where.call(open_)); }
    // Has shared ownership: if the stream is dropped meanwhile, the opened resource is still
    // closed.
    static asio::awaitable<void> open_later(std::shared_ptr<resource_scope> self) {
        auto opening = self->open_();
        self->resource_.emplace(co_await std::move(opening));
    }

    auto use(const stage& where) { return where.call(use_, *resource_); }

    /// A ticket that a user of the resource holds.
    ticket lease() { return std::make_shared<leased>(this->shared_from_this()); }
    /// True when the last lease is released; otherwise the poller will be woken then.
    bool unused(poll_context& cx) { return closing_->wait_for(unused_, cx); }

    void close(const stage& where) {
        resource r = take();
        if constexpr (closes_later) {
            close_later(closing_, executor_, std::move(r));
        } else {
            where.call(closing_->close, std::move(r));
            closing_->done.store(true);
        }
    }
    /// True when the resource is closed; otherwise the poller will be woken then.
    bool closed(poll_context& cx) { return closing_->wait_for(closing_->done, cx); }
    /// Cancels the wake-up, because the stream is destroyed.
    void disarm() noexcept { closing_->waiting.disarm(); }
    /// The exception of the coroutine that closed the resource.
    std::exception_ptr close_failure(const stage& where) const {
        if (!closing_->error) return nullptr;
        try {
            where.fail(closing_->error);
        } catch (...) {
            return std::current_exception();
        }
    }

private:
    // The part that outlives the scope if the close function is a coroutine.
    struct closing {
        explicit closing(Close c) : close(std::move(c)) {}

        bool wait_for(const std::atomic<bool>& flag, poll_context& cx) {
            if (flag.load()) return true;
            waiting.arm(cx.poller());
            return flag.load();
        }

        ticket pipeline;  // destroyed last: then the pipeline may complete, and its context may be
                          // destroyed
        Close close;
        waker_slot waiting;
        std::atomic<bool> done{false};  // false -> true once, after `error` was written
        std::exception_ptr error;
    };

    struct leased {
        explicit leased(std::shared_ptr<resource_scope> s) : scope(std::move(s)) {}
        leased(const leased&) = delete;
        leased& operator=(const leased&) = delete;
        ~leased() {
            scope->unused_.store(true);  // before the wake-up: see waker_slot
            scope->closing_->waiting.wake();
        }
        std::shared_ptr<resource_scope> scope;
    };

    resource take() {
        resource r = std::move(*resource_);
        resource_.reset();
        return r;
    }

    static void close_later(std::shared_ptr<closing> c, const asio::any_io_executor& executor,
                            resource r) {
        auto task = c->close(std::move(r));
        auto note = [c = std::move(c)](std::exception_ptr error) {
            c->error = std::move(error);
            c->done.store(true);  // before the wake-up: see waker_slot
            c->waiting.wake();
        };
        asio::co_spawn(executor, std::move(task), std::move(note));
    }

    void abandon() noexcept {
        try {
            if constexpr (closes_later) {
                const gate::pass pass(*way_in_);
                if (pass) close_later(closing_, executor_, take());
            } else {
                closing_->close(take());
            }
        } catch (...) {
            return;  // the error cannot be reported to anything
        }
    }

    Open open_;
    Use use_;
    std::shared_ptr<closing> closing_;
    asio::any_io_executor executor_;
    std::shared_ptr<gate> way_in_;
    std::optional<resource> resource_;
    std::atomic<bool> unused_{false};  // false -> true once: the last lease is released
};

/// Fails to compile, with a reason, if the functions do not fit together.
template <class Open, class Use, class Close>
consteval void check_resource_functions() {
    static_assert(std::is_invocable_v<Open&>,
                  "weir::using_resource: the function that opens must take no arguments");
    using R = awaited_t<std::invoke_result_t<Open&>>;
    static_assert(std::is_object_v<R> && std::move_constructible<R>,
                  "weir::using_resource: the function that opens must return a movable resource");
    static_assert(std::is_invocable_v<Use&, R&>,
                  "weir::using_resource: the function that uses cannot be called with a reference "
                  "to the resource");
    static_assert(stream<std::remove_cvref_t<std::invoke_result_t<Use&, R&>>>,
                  "weir::using_resource: the function that uses must return a stream");
    static_assert(std::is_invocable_v<Close&, R>,
                  "weir::using_resource: the function that closes must take the resource by value");
}

}  // namespace weir::detail
