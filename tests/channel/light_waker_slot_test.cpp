// The slot that spares its notifier a fence, and the fences it stands on.

#include <weir/channel/detail/light_waker_slot.hpp>
#include <weir/core/detail/asymmetric_fence.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <thread>

namespace {

struct sleeper final : weir::wakeable {
    void wake() noexcept override {
        woken.fetch_add(1);
        woken.notify_one();
    }
    std::atomic<std::uint64_t> woken{0};
};

template <class T>
void wait_until(const std::atomic<T>& value, T wanted) {
    while (value.load() != wanted) std::this_thread::yield();
}

// Asks until the slot is quiet, and says how often it had to.
int notices_until_quiet(weir::detail::light_waker_slot& slot) {
    for (int n = 1; n <= 100'000; ++n) {
        if (slot.quiet()) return n;
        slot.wake();
    }
    return 0;
}

}  // namespace

TEST_CASE("a slot is quiet when nobody has waited for long, until somebody does") {
    weir::detail::light_waker_slot slot;
    auto waiter = weir::counted_ptr<sleeper>::adopt(new sleeper);
    CHECK_FALSE(slot.quiet());
    if (!weir::detail::has_asymmetric_fences()) {
        CHECK(notices_until_quiet(slot) == 0);
        return;
    }
    CHECK(notices_until_quiet(slot) > 100);
    CHECK(slot.quiet());
    slot.arm(*waiter);
    CHECK(waiter->woken == 0);
    slot.wake();
    CHECK(waiter->woken == 1);
    CHECK_FALSE(slot.quiet());
    slot.wake();
    CHECK(waiter->woken == 1);
    CHECK(notices_until_quiet(slot) > 100);
}

TEST_CASE("a slot that is quiet loses no wake-up, not even the last") {
    constexpr std::uint64_t bursts = 300;
    constexpr std::uint64_t burst = 2'000;  // enough for the quiet to begin
    weir::detail::light_waker_slot slot;
    auto waiter = weir::counted_ptr<sleeper>::adopt(new sleeper);
    std::atomic<std::uint64_t> index{0};
    std::atomic<std::uint64_t> seen{0};

    std::thread notifier([&] {
        for (std::uint64_t i = 1; i <= bursts * burst; ++i) {
            if (slot.quiet()) {
                index.store(i, std::memory_order_release);
                weir::detail::light_fence();
            } else {
                index.store(i);
            }
            slot.wake();
            if (i % burst == 0) wait_until(seen, i);
        }
    });
    // Waits for each change it can. Were the last wake-up of a burst lost, it would sleep for ever.
    while (seen != bursts * burst) {
        const auto before = waiter->woken.load();
        slot.arm(*waiter);
        if (index.load() == seen) waiter->woken.wait(before);
        slot.disarm();
        seen = index.load();
    }
    notifier.join();
    CHECK(waiter->woken > 0);
}

TEST_CASE("of two that write and look, one heavily fenced, one at least sees the other") {
    if (!weir::detail::has_asymmetric_fences()) return;
    constexpr int rounds = 3'000;
    std::atomic<int> often{0};
    std::atomic<int> rarely{0};
    std::atomic<int> often_saw{0};
    std::atomic<int> begun{0};
    std::atomic<int> done{0};
    std::thread other([&] {
        for (int r = 1; r <= rounds; ++r) {
            wait_until(begun, r);
            often.store(r, std::memory_order_relaxed);
            weir::detail::light_fence();
            often_saw.store(rarely.load(std::memory_order_relaxed));
            done.store(r);
        }
    });
    int missed = 0;
    for (int r = 1; r <= rounds; ++r) {
        begun.store(r);
        for (int i = r % 200; i != 0; --i)
            weir::detail::light_fence();  // until the other has seen that
        rarely.store(r, std::memory_order_relaxed);
        weir::detail::heavy_fence();
        const int saw = often.load(std::memory_order_relaxed);
        wait_until(done, r);
        missed += saw != r && often_saw.load() != r;
    }
    other.join();
    CHECK(missed == 0);
}
