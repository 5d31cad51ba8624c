// When the two sides of a channel are worth a thread each, by a clock that is moved by hand.

#include <weir/channel/detail/wake_policy.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>

using namespace std::chrono_literals;

namespace {

struct hand_clock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<hand_clock>;

    static time_point now() noexcept { return time_point(at); }
    static inline duration at{1};
};

// A channel's two sides that take turns.
struct sides {
    void take_turns(int rounds, hand_clock::duration sending, hand_clock::duration receiving) {
        for (; rounds != 0; --rounds) {
            {
                const auto turn = work(weir::detail::channel_side::sender);
                hand_clock::at += sending;
                threads.hand_over();
            }
            const auto turn = work(weir::detail::channel_side::receiver);
            hand_clock::at += receiving;
            taken += items_a_round;
            threads.receiver_waits(taken);
        }
    }
    weir::detail::basic_wake_policy<hand_clock>::turn work(weir::detail::channel_side side) {
        return {threads, side};
    }

    static constexpr std::size_t items_a_round = 100;
    weir::detail::basic_wake_policy<hand_clock> threads{64};
    std::size_t taken = 0;
};

constexpr int enough = 400;

}  // namespace

TEST_CASE("two sides with much to do are worth a thread each") {
    sides s;
    CHECK_FALSE(s.threads.prefers_parallel());
    s.take_turns(enough, 50us, 20us);
    CHECK(s.threads.prefers_parallel());
}

TEST_CASE("a side with little to do is not, whatever the other does") {
    for (const auto much : {5us, 50us, 5'000us}) {
        sides s;
        s.take_turns(enough, much, 1us);
        CHECK_FALSE(s.threads.prefers_parallel());
        s.take_turns(enough, 1us, much);
        CHECK_FALSE(s.threads.prefers_parallel());
    }
}

TEST_CASE("work that is less than to move the items to another core is not") {
    sides s;
    // 100 items of a cache line each.
    s.take_turns(enough, 50us, 4us);
    CHECK_FALSE(s.threads.prefers_parallel());
}

TEST_CASE("one turn that was interrupted decides nothing") {
    sides s;
    s.take_turns(2, 5us, 1us);
    s.take_turns(1, 5us, 4'000us);
    s.take_turns(enough, 5us, 1us);
    CHECK_FALSE(s.threads.prefers_parallel());
}

TEST_CASE("sides that have a thread each are looked at again, and give it back") {
    sides s;
    s.take_turns(enough, 50us, 20us);
    for (int i = 0; i < 10'000 && s.threads.prefers_parallel(); ++i) s.threads.woken(s.taken);
    CHECK_FALSE(s.threads.prefers_parallel());
    // Still much to do.
    s.take_turns(enough, 50us, 20us);
    CHECK(s.threads.prefers_parallel());
    for (int i = 0; i < 10'000 && s.threads.prefers_parallel(); ++i) s.threads.woken(s.taken);
    s.take_turns(enough, 50us, 1us);
    CHECK_FALSE(s.threads.prefers_parallel());
}
