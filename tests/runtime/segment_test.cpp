// Segments: the wake-up machine.

#include <weir/core/asio.hpp>
#include <weir/runtime/detail/segment.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/testing/drive.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <future>
#include <thread>
#include <vector>

using namespace weir::testing;

namespace {

// Counts its turns, and is over when told.
class counted final : public weir::detail::segment {
public:
    explicit counted(const asio::any_io_executor& executor)
        : segment(weir::detail::make_segment_executor(executor)) {}

    using segment::closed;
    using segment::start;

    int turns = 0;
    int let_go_calls = 0;
    std::function<void()> during_turn;
    bool over = false;

private:
    bool advance() noexcept override {
        ++turns;
        if (during_turn) during_turn();
        return over || cancelled();
    }
    void release_resources() noexcept override { ++let_go_calls; }
};

weir::counted_ptr<counted> make(asio::io_context& io) {
    return weir::counted_ptr<counted>::adopt(new counted(io.get_executor()));
}

}  // namespace

TEST_CASE("wake-ups that come before a turn make one turn") {
    asio::io_context io;
    auto s = make(io);
    s->start();
    for (int i = 0; i < 10; ++i) s->wake();
    CHECK(s->turns == 0);  // never inside the call
    settle(io);
    CHECK(s->turns == 1);
    for (int i = 0; i < 10; ++i) s->wake();
    settle(io);
    CHECK(s->turns == 2);
    s->abandon();
}

TEST_CASE("wake-ups that come during a turn make one more") {
    asio::io_context io;
    auto s = make(io);
    s->during_turn = [&] {
        if (s->turns > 1) return;
        for (int i = 0; i < 10; ++i) s->wake();
        CHECK(s->turns == 1);
    };
    s->start();
    settle(io);
    CHECK(s->turns == 2);
    s->abandon();
}

TEST_CASE("a segment that is over lets go once and takes no more turns") {
    asio::io_context io;
    auto s = make(io);
    s->over = true;
    s->start();
    settle(io);
    CHECK(s->turns == 1);
    CHECK(s->let_go_calls == 1);
    CHECK(s->closed());
    s->wake();
    s->cancel();
    s->abandon();
    settle(io);
    CHECK(s->turns == 1);
    CHECK(s->let_go_calls == 1);
}

TEST_CASE("a cancelled segment has a turn to see it in") {
    asio::io_context io;
    auto s = make(io);
    s->start();
    settle(io);
    s->cancel();
    s->cancel();
    settle(io);
    CHECK(s->turns == 2);
    CHECK(s->let_go_calls == 1);
}

TEST_CASE("a context that is destroyed abandons its segments") {
    weir::counted_ptr<counted> waits;
    weir::counted_ptr<counted> never_ran;
    {
        asio::io_context io;
        waits = make(io);
        waits->start();
        settle(io);
        never_ran = make(io);
        never_ran->start();
    }
    CHECK(waits->let_go_calls == 1);
    CHECK(never_ran->let_go_calls == 1);
    CHECK(never_ran->turns == 0);
    // Their executors are gone with the context: only waking is still allowed.
    waits->wake();
    CHECK(waits->turns == 1);
}

TEST_CASE("a segment runs on a strand of its own, whatever it is given") {
    asio::io_context io;
    const asio::any_io_executor plain = io.get_executor();
    CHECK_FALSE(weir::detail::is_strand(plain));
    const asio::any_io_executor own = weir::detail::make_segment_executor(plain);
    CHECK(weir::detail::is_strand(own));
    const asio::any_io_executor other = weir::detail::make_segment_executor(own);
    CHECK(weir::detail::is_strand(other));
    CHECK(own != other);
    CHECK(weir::detail::is_strand(asio::make_strand(io)));
    asio::thread_pool pool(1);
    CHECK(weir::detail::is_strand(asio::make_strand(pool)));
}

TEST_CASE("no two turns of a segment run at once, and no wake-up is lost") {
    weir::runtime threads(3);
    auto s = weir::counted_ptr<counted>::adopt(new counted(threads.executor()));
    std::atomic<int> wanted = 0;
    std::atomic<bool> inside = false;
    std::atomic<bool> overlap = false;
    std::atomic<int> seen = 0;
    s->during_turn = [&] {
        if (inside.exchange(true)) overlap = true;
        seen = wanted.load();
        inside = false;
    };
    s->start();
    std::vector<std::thread> wakers;
    for (int t = 0; t < 2; ++t) {
        wakers.emplace_back([&] {
            for (int i = 0; i < 10'000; ++i) {
                ++wanted;
                s->wake();
            }
        });
    }
    for (std::thread& t : wakers) t.join();
    while (seen != 20'000) std::this_thread::yield();  // a lost wake-up would hang here
    CHECK_FALSE(overlap);
    std::promise<void> closed;
    asio::post(s->executor(), [&] { s->abandon(), closed.set_value(); });
    closed.get_future().wait();
}
