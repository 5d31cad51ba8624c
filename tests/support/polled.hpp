/// Polling by hand: for tests of what a single poll does.
#pragma once

#include <weir/core/poll.hpp>
#include <weir/core/waker.hpp>

#include <optional>
#include <utility>

namespace weir::testing {

/// One who polls streams, and counts how often it is woken.
class poll_by_hand {
    struct counting final : wakeable {
        void wake() noexcept override { ++woken; }
        int woken = 0;
    };

public:
    /// Polls for one item.
    template <class S>
    std::pair<poll_state, std::optional<typename S::value_type>> operator()(S& stream) {
        poll_context cx(*self_, nowhere_, nobody_, poll_budget());
        std::optional<typename S::value_type> item;
        const poll_state state = stream.poll(cx, [&item](typename S::value_type&& x) {
            item.emplace(std::move(x));
            return false;
        });
        return {state, std::move(item)};
    }
    int woken() const noexcept { return self_->woken; }

private:
    counted_ptr<counting> self_ = counted_ptr<counting>::adopt(new counting);
    asio::any_io_executor nowhere_;
    ticket nobody_;
};

}  // namespace weir::testing
