/// How one end of a channel waits: as a coroutine, or with any completion token.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/core/waker.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/detail/poller.hpp>

#include <utility>

namespace weir::detail {

/// The poller that a handle asks its operations with; a member of it. Made when first used, and
/// kept for all later operations, so that waiting allocates nothing.
///
/// It belongs to one object at one place: it neither moves nor is copied, and the handle must stay
/// where it is while a operation waits. One operation at a time.
class op_driver {
public:
    op_driver() = default;
    op_driver(const op_driver&) noexcept {}
    op_driver& operator=(const op_driver&) noexcept { return *this; }
    ~op_driver() {
        if (poller_) poller_->detach();
    }

    /// Asks until it is answered. On a strand an answer that is there comes without a hop.
    template <pollable_op Q>
    asio::awaitable<decltype(std::declval<Q&>().result())> start(Q q) {
        check_frame_alignment<Q>();
        const auto executor = co_await asio::this_coro::executor;
        const auto p = poller::at(poller_, executor);
        const bool here = p->executor() == executor;
        if (here && p->start(q)) co_return q.result();
        co_return co_await poller::async_start(poller_, std::move(q), asio::use_awaitable, here);
    }

    /// The same, and gives the answer to `token`: `void(std::exception_ptr, result)`.
    template <pollable_op Q, class Token>
    auto async_start(Q q, Token&& token) {
        check_frame_alignment<Q>();
        return poller::async_start(poller_, std::move(q), std::forward<Token>(token));
    }

private:
    counted_ptr<poller> poller_;
};

}  // namespace weir::detail
