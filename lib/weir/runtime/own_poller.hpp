/// How one end of a channel waits: as a coroutine, or with any completion token.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/core/waker.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/poller.hpp>

#include <utility>

namespace weir {

/// The poller that a handle asks its questions with; a member of it. Made when first used, and kept
/// for all later questions, so that waiting allocates nothing.
///
/// It belongs to one object at one place: it neither moves nor is copied, and the handle must stay
/// where it is while a question waits. One question at a time.
class own_poller {
public:
    own_poller() = default;
    own_poller(const own_poller&) noexcept {}
    own_poller& operator=(const own_poller&) noexcept { return *this; }
    ~own_poller() {
        if (poller_) poller_->detach();
    }

    /// Asks until it is answered. On a strand an answer that is there comes without a hop.
    template <question Q>
    asio::awaitable<decltype(std::declval<Q&>().result())> ask(Q q) {
        check_frame_alignment<Q>();
        const auto executor = co_await asio::this_coro::executor;
        const auto p = poller::at(poller_, executor);
        const bool here = p->executor() == executor;
        if (here && p->ask(q)) co_return q.result();
        co_return co_await poller::async_ask(poller_, std::move(q), asio::use_awaitable, here);
    }

    /// The same, and gives the answer to `token`: `void(std::exception_ptr, result)`.
    template <question Q, class Token>
    auto async_ask(Q q, Token&& token) {
        check_frame_alignment<Q>();
        return poller::async_ask(poller_, std::move(q), std::forward<Token>(token));
    }

private:
    counted_ptr<poller> poller_;
};

}  // namespace weir
