// Wakers: counted handles, and the slot for a single waiting party.

#include <weir/core/waker.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <utility>

namespace {

class counting final : public weir::wakeable {
public:
    explicit counting(std::atomic<int>& alive) : alive_(alive) { ++alive_; }
    ~counting() override { --alive_; }
    void wake() noexcept override { ++wakes; }
    std::atomic<int> wakes = 0;

private:
    std::atomic<int>& alive_;
};

using counting_ptr = weir::counted_ptr<counting>;

}  // namespace

TEST_CASE("a waker keeps what it wakes alive, and lets it go with the last copy") {
    std::atomic<int> alive = 0;
    {
        auto first = counting_ptr::adopt(new counting(alive));
        weir::waker waker = weir::waker::share(first.get());
        first.reset();
        CHECK(alive == 1);
        weir::waker copy = waker;
        waker = weir::waker();
        CHECK(alive == 1);
        copy->wake();
        const weir::waker moved = std::move(copy);
        CHECK_FALSE(copy);
        CHECK(moved);
    }
    CHECK(alive == 0);
}

TEST_CASE("an armed slot wakes its waiter once") {
    std::atomic<int> alive = 0;
    {
        auto waiter = counting_ptr::adopt(new counting(alive));
        weir::waker_slot slot;
        slot.wake();
        CHECK(waiter->wakes == 0);
        slot.arm(*waiter);
        slot.wake();
        slot.wake();
        CHECK(waiter->wakes == 1);
    }
    CHECK(alive == 0);
}

TEST_CASE("a slot that is disarmed, armed anew or destroyed lets its waiter go") {
    std::atomic<int> alive = 0;
    {
        auto first = counting_ptr::adopt(new counting(alive));
        auto second = counting_ptr::adopt(new counting(alive));
        weir::waker_slot slot;
        slot.arm(*first);
        slot.disarm();
        slot.wake();
        CHECK(first->wakes == 0);
        slot.arm(*first);
        slot.arm(*second);
        slot.wake();
        CHECK(first->wakes == 0);
        CHECK(second->wakes == 1);
        slot.arm(*first);
    }
    CHECK(alive == 0);
}

TEST_CASE("arming, disarming and waking race, and each waiter armed is woken once or taken back") {
    std::atomic<int> alive = 0;
    {
        auto waiter = counting_ptr::adopt(new counting(alive));
        weir::waker_slot slot;
        std::atomic<bool> stop = false;
        std::thread notifier([&] {
            while (!stop) slot.wake();
        });
        for (int i = 0; i < 100'000; ++i) {
            slot.arm(*waiter);
            if (i % 3 == 0) slot.disarm();
        }
        stop = true;
        notifier.join();
        CHECK(waiter->wakes <= 100'000);
    }
    CHECK(alive == 0);
}

TEST_CASE("the waker protocol loses no wake-up: arm, then look again; change, then wake") {
    std::atomic<int> alive = 0;
    {
        auto waiter = counting_ptr::adopt(new counting(alive));
        for (int i = 0; i < 20'000; ++i) {
            weir::waker_slot slot;
            std::atomic<bool> ready = false;
            const int before = waiter->wakes;
            bool saw = false;
            std::thread notifier;
            if (i % 20 == 0) {
                notifier = std::thread([&] {
                    ready.store(true);
                    slot.wake();
                });
            } else {
                ready.store(true);
                slot.wake();
            }
            slot.arm(*waiter);
            saw = ready.load();
            if (notifier.joinable()) notifier.join();
            CHECK((saw || waiter->wakes == before + 1));
        }
    }
    CHECK(alive == 0);
}
