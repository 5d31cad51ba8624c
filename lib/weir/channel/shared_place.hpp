/// A place in a channel's line that is not forgotten there.
#pragma once

#include <memory>
#include <utility>

namespace weir {

/// Keeps a handle's place in line while its operation waits. Destroyed, it gives the place up: who
/// is next is woken for what this one was woken for. It may outlive the handle.
template <class State, class Seat>
class shared_place {
public:
    shared_place() = default;
    shared_place(std::shared_ptr<State> state, std::shared_ptr<Seat> seat) noexcept
        : state_(std::move(state)), seat_(std::move(seat)) {}
    shared_place(shared_place&&) noexcept = default;
    shared_place& operator=(shared_place&& other) noexcept {
        std::swap(state_, other.state_);
        std::swap(seat_, other.seat_);
        return *this;
    }
    ~shared_place() {
        if (state_ && seat_) state_->leave(*seat_);
    }
    /// True when there is something to give up.
    bool held() const noexcept { return state_ != nullptr; }
    /// There is nothing to give up any more.
    void served() noexcept { state_.reset(); }

private:
    std::shared_ptr<State> state_;
    std::shared_ptr<Seat> seat_;
};

}  // namespace weir
