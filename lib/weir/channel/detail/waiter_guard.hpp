/// A place in a channel's line that is not forgotten there.
#pragma once

#include <memory>
#include <utility>

namespace weir::detail {

/// Keeps a handle's waiter in the queue while its operation waits. The destructor removes it, and
/// passes its wake-up to the next waiter. It may outlive the handle.
template <class State, class Handle>
class waiter_guard {
public:
    waiter_guard() = default;
    waiter_guard(std::shared_ptr<State> state, std::shared_ptr<Handle> handle) noexcept
        : state_(std::move(state)), handle_(std::move(handle)) {}
    waiter_guard(waiter_guard&&) noexcept = default;
    waiter_guard& operator=(waiter_guard&& other) noexcept {
        std::swap(state_, other.state_);
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~waiter_guard() {
        if (state_ && handle_) state_->leave(*handle_);
    }
    /// True when there is something to give up.
    bool held() const noexcept { return state_ != nullptr; }
    /// There is nothing to give up any more.
    void served() noexcept { state_.reset(); }

private:
    std::shared_ptr<State> state_;
    std::shared_ptr<Handle> handle_;
};

}  // namespace weir::detail
