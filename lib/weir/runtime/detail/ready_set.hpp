/// Which of several streams is to be polled.
#pragma once

#include <weir/core/poll.hpp>
#include <weir/core/waker.hpp>

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace weir::detail {

/// The inputs of a join that may have something: a set of their numbers.
///
/// Each input is polled under a waker of its own (`waker_of`), which notes the input and wakes the
/// join's poller. So a wake-up costs a poll of that one input, not of them all. (Polling 64
/// channels of which one has an item took ten times as long; with 2 there is no difference.)
///
/// All inputs are in the set at first, unless there are none yet. Part of a join's stream and used
/// on its strand; its wakers may be used by any thread. Cost: an allocation an input, made when its
/// waker is asked for first.
class ready_set {
public:
    explicit ready_set(std::size_t count) : count_(count), all_at_first_(true) {}
    /// Of inputs that come and go, up to `count` at a time: the set is empty at first.
    static ready_set of_none_yet(std::size_t count) { return ready_set(count, false); }
    ready_set(ready_set&&) noexcept = default;
    ready_set& operator=(ready_set&&) = delete;
    ~ready_set() {
        if (board_) board_->waiting.disarm();
    }

    static constexpr std::size_t none = std::size_t(-1);

    std::size_t size() const noexcept { return count_; }
    wakeable& waker_of(std::size_t i) {
        if (!wakers_[i]) wakers_[i] = counted_ptr<input_waker>::adopt(new input_waker(board_, i));
        return *wakers_[i];
    }
    bool contains(std::size_t i) const noexcept { return (ready_[i / 64] & bit(i)) != 0; }
    void add(std::size_t i) noexcept { ready_[i / 64] |= bit(i); }
    void remove(std::size_t i) noexcept { ready_[i / 64] &= ~bit(i); }

    /// The first number in the set from `from` on, going round; `none` when the set is empty.
    std::size_t next_round(std::size_t from) const noexcept {
        const std::size_t found = next(from);
        return found != none ? found : next(0);
    }
    /// The first number in the set that is at least `from`, or `none`.
    std::size_t next(std::size_t from) const noexcept {
        if (from >= count_) return none;
        std::uint64_t word = ready_[from / 64] & (~std::uint64_t{0} << (from % 64));
        for (std::size_t w = from / 64;; word = ready_[w]) {
            if (word != 0) return w * 64 + static_cast<std::size_t>(std::countr_zero(word));
            if (++w == ready_.size()) return none;
        }
    }

    /// To be called at the beginning of a poll: the poller no longer waits.
    void begin() {
        if (!board_) open();
        if (std::exchange(armed_, false)) board_->waiting.disarm();
    }
    /// Adds the inputs that were woken.
    void collect() noexcept {
        for (std::size_t w = 0; w != ready_.size(); ++w) {
            // The load alone is nearly free, and mostly finds 0.
            if (board_->woken[w].load() != 0) ready_[w] |= board_->woken[w].exchange(0);
        }
    }
    /// True when one of the inputs before `i` was woken since `collect`.
    bool woken_before(std::size_t i) const noexcept {
        for (std::size_t w = 0; w < i / 64; ++w) {
            if (board_->woken[w].load() != 0) return true;
        }
        return i % 64 != 0 && (board_->woken[i / 64].load() & (bit(i) - 1)) != 0;
    }
    /// Nothing is ready: the poller is woken when one of the inputs is, or was meanwhile.
    void wait(poll_context& cx) noexcept {
        armed_ = true;
        board_->waiting.arm(cx.poller());
        for (const auto& word : board_->woken) {
            if (word.load() != 0) return board_->waiting.wake();
        }
    }

private:
    ready_set(std::size_t count, bool all) : count_(count), all_at_first_(all) {}

    /// What the wakers refer to, also when the join is gone.
    struct board {
        explicit board(std::size_t words) : woken(words) {}
        waker_slot waiting;                             // the join's poller
        std::vector<std::atomic<std::uint64_t>> woken;  // since they were last collected
    };

    class input_waker final : public wakeable {
    public:
        input_waker(std::shared_ptr<board> b, std::size_t i) : board_(std::move(b)), number_(i) {}

        // All sequentially consistent, as waker_slot asks. The waker that sets the bit wakes the
        // poller; a waker that finds it set does nothing. The poller sees the writes of both when
        // it takes the bit.
        void wake() noexcept override {
            if (note()) board_->waiting.wake();
        }
        void wake_next() noexcept override {
            if (note()) board_->waiting.wake_next();
        }

    private:
        bool note() noexcept {
            return (board_->woken[number_ / 64].fetch_or(bit(number_)) & bit(number_)) == 0;
        }

        const std::shared_ptr<board> board_;
        const std::size_t number_;
    };

    static constexpr std::uint64_t bit(std::size_t i) noexcept {
        return std::uint64_t{1} << (i % 64);
    }

    void open() {
        const std::size_t words = (count_ + 63) / 64;
        auto opened = std::make_shared<board>(words);
        wakers_.resize(count_);
        ready_.assign(words, all_at_first_ ? ~std::uint64_t{0} : 0);
        if (all_at_first_ && count_ % 64 != 0) ready_.back() = bit(count_) - 1;
        board_ = std::move(opened);
    }

    std::size_t count_;
    bool all_at_first_;
    std::vector<std::uint64_t> ready_;
    std::vector<counted_ptr<input_waker>> wakers_;
    std::shared_ptr<board> board_;
    bool armed_ = false;  // the poller may wait
};

}  // namespace weir::detail
