/// Streams that are polled only when they may have items: the common part of merge and similar
/// joins.
#pragma once

#include <weir/core/poll.hpp>
#include <weir/joins/detail/inputs.hpp>
#include <weir/runtime/detail/ready_set.hpp>

#include <cstddef>
#include <utility>

namespace weir::detail {

/// The inputs of a join, and the set of inputs to poll. `Inputs`: see inputs.hpp.
///
/// A join's `poll` calls `begin()`, and then repeats `next...` and `poll`. It stops when no input
/// is ready (`wait`), or when it has polled each input without an item. The second case arises
/// because an input reports that it is ready again at once if it has used up its budget or yields
/// to other segments.
template <class Inputs>
class input_group {
public:
    explicit input_group(Inputs inputs)
        : inputs_(std::move(inputs)), ready_(inputs_.size()), left_(inputs_.size()) {}

    std::size_t size() const noexcept { return inputs_.size(); }
    /// How many inputs have not ended.
    std::size_t left() const noexcept { return left_; }

    void begin() {
        ready_.begin();
        vain_ = 0;
    }
    /// The next input to poll, in the order of the inputs from `from` on, going round; `none` if no
    /// input is ready.
    std::size_t next_round(std::size_t from) noexcept {
        ready_.collect();
        return worn_out() ? none : ready_.next_round(from);
    }
    /// Collects the inputs that were woken meanwhile, for `ready`.
    void collect() noexcept { ready_.collect(); }
    /// Whether input `i` may have an item.
    bool ready(std::size_t i) const noexcept { return ready_.contains(i); }
    /// Whether an input before `i` was woken since its last poll.
    bool woken_before(std::size_t i) const noexcept { return ready_.woken_before(i); }
    static constexpr std::size_t none = ready_set::none;

    /// Polls input `i`. `take(i, item)` returns whether it takes another item. An input that has
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

    /// The result of a poll when no input is left to poll.
    poll_state wait(poll_context& cx) noexcept {
        if (left_ == 0) return poll_state::finished;
        if (worn_out()) {
            cx.wake();
        } else {
            ready_.wait(cx);
        }
        return poll_state::pending;
    }

    /// Destroys all inputs but number `i`.
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
    std::size_t vain_ = 0;  // polls since an input gave an item
};

}  // namespace weir::detail
