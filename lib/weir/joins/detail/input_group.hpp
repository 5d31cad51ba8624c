/// Streams that are polled when they have something: what merge and its kin have in common.
#pragma once

#include <weir/core/poll.hpp>
#include <weir/joins/detail/inputs.hpp>
#include <weir/runtime/detail/ready_set.hpp>

#include <cstddef>
#include <utility>

namespace weir::detail {

/// Inputs, and which of them are to be polled. `Inputs`: see inputs.hpp.
///
/// A join's `poll` begins with `begin()`, and then asks `next...` whom to `poll`, again and again.
/// It stops when nobody is ready (`wait`), or when it has polled all of them in vain: an input that
/// has used up its budget, or lets others run, says that it is ready again at once.
template <class Inputs>
class input_group {
public:
    explicit input_group(Inputs inputs)
        : inputs_(std::move(inputs)), ready_(inputs_.size()), left_(inputs_.size()) {}

    std::size_t size() const noexcept { return inputs_.size(); }
    /// How many have not ended.
    std::size_t left() const noexcept { return left_; }

    void begin() {
        ready_.begin();
        vain_ = 0;
    }
    /// Whom to poll, in the order of the inputs from `from` on, going round; `none` if nobody.
    std::size_t next_round(std::size_t from) noexcept {
        ready_.collect();
        return worn_out() ? none : ready_.next_round(from);
    }
    /// Looks for who was woken meanwhile, for `ready`.
    void collect() noexcept { ready_.collect(); }
    /// Whether number `i` may have something.
    bool ready(std::size_t i) const noexcept { return ready_.contains(i); }
    /// Whether one before `i` was woken since it was polled last.
    bool woken_before(std::size_t i) const noexcept { return ready_.woken_before(i); }
    static constexpr std::size_t none = ready_set::none;

    /// Polls number `i`. `take(i, item)` says whether it may be given another. An input that has
    /// ended is destroyed at once.
    template <class Take>
    WEIR_FUSED poll_state poll(poll_context& cx, std::size_t i, Take&& take) {
        ++vain_;
        const poll_state state = inputs_.visit(i, [&](auto number, auto& input) WEIR_FUSED {
            if (!input) return poll_state::pending;  // it has ended, and was woken late
            using item = item_t<decltype(*input)>;
            const poll_context::scoped_poller by_its_waker(cx, ready_.waker_of(i));
            const poll_state found = input->poll(
                cx, [&](item&& x) WEIR_FUSED -> bool { return take(number, std::move(x)); });
            if (found == poll_state::finished) end(input);
            return found;
        });
        if (state == poll_state::paused) {
            vain_ = 0;
        } else {
            ready_.remove(i);
        }
        return state;
    }

    /// The answer when nobody is left to be polled.
    poll_state wait(poll_context& cx) noexcept {
        if (left_ == 0) return poll_state::finished;
        if (worn_out()) {
            cx.wake();
        } else {
            ready_.wait(cx);
        }
        return poll_state::pending;
    }

    /// Destroys all but number `i`.
    void keep_only(std::size_t i) noexcept {
        for (std::size_t j = 0; j != size(); ++j) {
            if (j == i) continue;
            inputs_.visit(j, [this](auto, auto& input) {
                if (input) this->end(input);
            });
        }
    }
    Inputs& inputs() noexcept { return inputs_; }

private:
    bool worn_out() const noexcept { return vain_ > size(); }

    template <class Input>
    void end(Input& input) noexcept {
        input.reset();
        --left_;
    }

    Inputs inputs_;
    ready_set ready_;
    std::size_t left_;
    std::size_t vain_ = 0;  // polls since one of them gave an item
};

}  // namespace weir::detail
