/// using_resource: a stream with a resource that is opened before it and closed after it.
#pragma once

#include <weir/core/detail/watched_sink.hpp>
#include <weir/core/stage.hpp>
#include <weir/runtime/async_operation.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/pull.hpp>
#include <weir/sources/detail/resource_scope.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class Open, class Use, class Close>
class using_resource_stream : public pullable<using_resource_stream<Open, Use, Close>> {
    using scope = resource_scope<Open, Use, Close>;
    using inner_stream = std::remove_cvref_t<std::invoke_result_t<Use&, typename scope::resource&>>;

public:
    using value_type = item_t<inner_stream>;

    using_resource_stream(Open open, Use use, Close close, stage where)
        : scope_(std::make_shared<scope>(std::move(open), std::move(use), std::move(close))),
          where_(where) {}
    using_resource_stream(using_resource_stream&&) = default;
    using_resource_stream& operator=(using_resource_stream&&) = delete;
    ~using_resource_stream() {
        if (scope_) scope_->disarm();
    }

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        if (!scope_) return poll_state::finished;  // moved from
        if (step_ == step::unopened) start(cx);
        if (step_ == step::opening && !opened(cx)) return poll_state::pending;
        if (step_ == step::open) {
            const poll_state state = poll_inner(cx, sink);
            if (state != poll_state::finished) return state;
            leave();
        }
        if (step_ == step::in_use) {
            if (!scope_->unused(cx)) return poll_state::pending;
            close();
        }
        if (step_ == step::closing) {
            if (!scope_->closed(cx)) return poll_state::pending;
            if (!failure_) failure_ = scope_->close_failure(where_);
        }
        if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
        return poll_state::finished;
    }

private:
    enum class step : unsigned char { unopened, opening, open, in_use, closing, closed };

    void start(poll_context& cx) {
        scope_->enter(cx);
        step_ = step::opening;
        if constexpr (scope::opens_later) {
            opening_.start(cx, [this, &cx](auto handler) {
                asio::co_spawn(cx.executor(), scope::open_later(scope_), std::move(handler));
            });
        } else {
            scope_->open(where_);
        }
    }

    bool opened(poll_context& cx) {
        if constexpr (scope::opens_later) {
            auto done = opening_.poll(cx);
            if (!done) return false;
            if (std::exception_ptr error = std::get<0>(*done)) where_.fail(std::move(error));
        }
        step_ = step::open;
        lease_ = scope_->lease();
        try {
            inner_.emplace(scope_->use(where_));
        } catch (...) {
            failure_ = std::current_exception();
            leave();
        }
        return true;
    }

    /// Keeps an exception of the inner stream until the resource is closed. An exception of the
    /// sink passes, and drops this stream.
    template <class Sink>
    poll_state poll_inner(poll_context& cx, Sink& sink) {
        watched_sink to(sink);
        try {
            const poll_context::scoped_ticket leased(cx, lease_);
            return inner_->poll(cx, [&](value_type&& x) -> bool {
                const poll_context::scoped_ticket downstream(cx, leased.before());
                return to(std::move(x));
            });
        } catch (...) {
            if (to.threw()) throw;
            failure_ = std::current_exception();
        }
        return poll_state::finished;
    }

    void leave() {
        inner_.reset();
        lease_.reset();
        step_ = step::in_use;
    }

    void close() {
        step_ = step::closing;
        try {
            scope_->close(where_);
        } catch (...) {
            if (!failure_) failure_ = std::current_exception();
            step_ = step::closed;
        }
    }

    std::shared_ptr<scope> scope_;
    stage where_;
    step step_ = step::unopened;
    async_operation<std::exception_ptr> opening_;
    ticket lease_;
    std::optional<inner_stream> inner_;  // destroyed first
    std::exception_ptr failure_;
};

}  // namespace detail

/// A stream of the items of `use(resource)`. The resource is the result of `open()`. It is opened
/// with the first poll, and closed when the stream is over, whatever the outcome.
///
///     auto rows = weir::using_resource(
///         [path] { return std::make_unique<reader>(path); },
///         [](std::unique_ptr<reader>& r) { return weir::generate([&r] { return r->next(); }); });
///
///     weir::using_resource(connect, messages_of, say_goodbye)
///     // asio::awaitable<connection> connect();  any stream  messages_of(connection&);
///     // asio::awaitable<void> say_goodbye(connection c);
///
/// `open` may be a coroutine. `use` returns a stream, which may refer to the resource, because the
/// resource does not move. A stream that is never polled opens nothing.
///
/// Closing: without `close`, the resource's destructor closes it. `close(resource)` gets the
/// resource by value, and may be a coroutine. Each opened resource is closed exactly once. That
/// happens when the stream of `use` is destroyed and everything it started (an operation, a segment
/// in front of a `buffer`) has ended. So a resource is never closed while it is used.
/// - At the end and on a failure: on the strand. The end or the error is passed on after the close.
/// - On a cancellation, or when the stream is dropped (a consumer that stops early or fails): an
///   asynchronous close runs on its own and is not cancelled. The pipeline completes after it. (A
///   stream that was pulled and dropped has no pipeline that could wait for it.) A plain `close` is
///   called by the last owner that releases the resource.
/// - When the context is destroyed, nothing can run there any more. A coroutine is not called; only
///   the destructor runs.
///
/// Errors: an exception of a callable becomes a `stage_error` naming "using_resource" and `name`.
/// An exception of `close` is reported only at the end; after another failure and on a drop it is
/// swallowed. Errors of the inner stream pass.
/// Cost: one allocation, and two stores per item.
template <class Open, class Use, class Close = detail::close_by_destructor>
auto using_resource(Open open, Use use, Close close = {}, std::string_view name = {}) {
    detail::check_resource_functions<Open, Use, Close>();
    return detail::using_resource_stream<Open, Use, Close>(
        std::move(open), std::move(use), std::move(close), stage("using_resource", name));
}

}  // namespace weir
