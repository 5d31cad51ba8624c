// The strand that segments run on, through its executor.

#include <weir/runtime/detail/segment.hpp>
#include <weir/runtime/detail/serial_queue.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

weir::detail::serial_executor on(asio::io_context& io) {
    return weir::detail::serial_executor(weir::detail::serial_queue::make(io.get_executor()));
}

// A task that writes its number down, and may have another follow it.
class numbered final : public weir::detail::task {
public:
    numbered(std::vector<int>& log, int number) : log_(log), number_(number) {}
    void then(weir::detail::serial_queue& queue, numbered& next) {
        queue_ = &queue;
        next_ = &next;
    }
    bool dropped = false;

private:
    void run() override {
        log_.push_back(number_);
        if (next_) queue_->push_next(*next_);
    }
    void drop() noexcept override { dropped = true; }

    std::vector<int>& log_;
    const int number_;
    weir::detail::serial_queue* queue_ = nullptr;
    numbered* next_ = nullptr;
};

// What has a task to run when it is woken, as a segment has its turn.
class waiter final : public weir::wakeable {
public:
    waiter(weir::detail::serial_queue& queue, weir::detail::task& task)
        : queue_(queue), task_(task) {}
    void wake() noexcept override { queue_.push(task_); }
    void wake_next() noexcept override { queue_.push_next(task_); }

private:
    weir::detail::serial_queue& queue_;
    weir::detail::task& task_;
};

}  // namespace

TEST_CASE("what is posted to a serial queue runs in order, and only when the context runs") {
    asio::io_context io;
    const auto executor = on(io);
    std::vector<int> log;
    for (int i = 0; i < 5; ++i) asio::post(executor, [&log, i] { log.push_back(i); });
    CHECK(log.empty());
    io.run();
    CHECK(log == std::vector<int>{0, 1, 2, 3, 4});
}

TEST_CASE("nothing of a serial queue runs beside anything else of it") {
    asio::io_context io;
    const asio::any_io_executor executor = on(io);
    std::atomic<int> inside{0};
    std::atomic<bool> alone{true};
    int count = 0;  // not atomic: the queue makes it safe
    constexpr int posts = 2'000;
    const auto look = [&] {
        if (inside.fetch_add(1) != 0) alone = false;
        ++count;
        inside.fetch_sub(1);
    };
    auto work = asio::make_work_guard(io);
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) threads.emplace_back([&io] { io.run(); });
    std::vector<std::thread> posters;
    for (int t = 0; t < 2; ++t) {
        posters.emplace_back([&] {
            for (int i = 0; i < posts; ++i) asio::post(executor, look);
        });
    }
    for (auto& t : posters) t.join();
    work.reset();
    for (auto& t : threads) t.join();
    CHECK(alone);
    CHECK(count == 2 * posts);
}

TEST_CASE("dispatch runs at once on the queue, and queues from anywhere else") {
    asio::io_context io;
    const auto executor = on(io);
    const auto other = on(io);
    std::vector<int> log;
    asio::post(executor, [&] {
        asio::dispatch(executor, [&] { log.push_back(1); });
        asio::dispatch(other, [&] { log.push_back(4); });
        asio::post(executor, [&] { log.push_back(3); });
        log.push_back(2);
    });
    io.run();
    REQUIRE(log.size() == 4);
    CHECK(log[0] == 1);
    CHECK(log[1] == 2);
}

TEST_CASE("a task that throws takes no other with it") {
    asio::io_context io;
    const auto executor = on(io);
    std::vector<int> log;
    asio::post(executor, [&] { log.push_back(1); });
    asio::post(executor, [] { throw std::runtime_error("task"); });
    asio::post(executor, [&] { log.push_back(2); });
    CHECK_THROWS_WITH(io.run(), "task");
    asio::post(executor, [&] { log.push_back(3); });
    io.run();
    CHECK(log == std::vector<int>{1, 2, 3});
}

TEST_CASE("what is queued when the context goes is dropped, not run") {
    std::vector<int> log;
    auto held = std::make_shared<int>(0);
    numbered left(log, 1);
    {
        asio::io_context io;
        const auto executor = on(io);
        asio::post(executor, [&log, held] { log.push_back(*held); });
        executor.queue()->push(left);
        CHECK(held.use_count() == 2);
    }
    CHECK(log.empty());
    CHECK(held.use_count() == 1);
    CHECK(left.dropped);
}

TEST_CASE("an executor that tracks work keeps the context running, others do not") {
    asio::io_context io;
    const asio::any_io_executor executor = on(io);
    CHECK(io.run() == 0);
    io.restart();
    {
        const auto work = asio::make_work_guard(executor);
        CHECK(io.poll() == 0);
        CHECK_FALSE(io.stopped());
    }
    CHECK(io.poll() == 0);
    CHECK(io.stopped());
}

TEST_CASE("who is pushed as the next runs next, without a trip through the context") {
    asio::io_context io;
    const auto first = on(io).queue();
    const auto second = on(io).queue();
    std::vector<int> log;
    numbered a(log, 1);
    numbered b(log, 2);
    a.then(*second, b);
    first->push(a);
    asio::post(io, [&log] { log.push_back(3); });
    CHECK(io.run_one() == 1);
    CHECK(log == std::vector<int>{1, 2});
    io.run();
    CHECK(log == std::vector<int>{1, 2, 3});
}

TEST_CASE("who has more to do than what it handed over for goes on after it, on the same thread") {
    std::vector<int> log;
    numbered b(log, 2);
    numbered c(log, 3);
    asio::io_context io;
    const auto executor = on(io);
    const auto second = on(io).queue();
    asio::post(executor, [&] {
        log.push_back(1);
        second->push_next(b);
        executor.queue()->push(c);
    });
    asio::post(io, [&log] { log.push_back(4); });
    CHECK(io.run_one() == 1);
    CHECK(log == std::vector<int>{1, 2, 3});
    io.run();
    CHECK(log == std::vector<int>{1, 2, 3, 4});
}

TEST_CASE("who is woken by a handler that does nothing else runs at once, on its thread") {
    std::vector<int> log;
    numbered a(log, 1);
    numbered b(log, 2);
    asio::io_context io;
    const auto queue = on(io).queue();
    const auto other = on(io).queue();
    a.then(*other, b);
    const auto who = weir::waker::adopt(new waiter(*queue, a));
    asio::post(io, [&] {
        weir::detail::serial_queue::wake_here(*who);
        log.push_back(3);
    });
    CHECK(io.run_one() == 1);
    CHECK(log == std::vector<int>{1, 2, 3});
}

TEST_CASE("who is woken so elsewhere than in a bare handler of its context runs later") {
    std::vector<int> log;
    numbered a(log, 1);
    asio::io_context io;
    const auto executor = on(io);
    const auto queue = on(io).queue();
    const auto who = weir::waker::adopt(new waiter(*queue, a));
    SUBCASE("on another thread") {
        weir::detail::serial_queue::wake_here(*who);
        log.push_back(0);
    }
    SUBCASE("in a handler of another context") {
        asio::io_context elsewhere;
        asio::post(elsewhere, [&] {
            weir::detail::serial_queue::wake_here(*who);
            log.push_back(0);
        });
        elsewhere.run();
    }
    SUBCASE("in a task") {
        asio::post(executor, [&] {
            weir::detail::serial_queue::wake_here(*who);
            log.push_back(0);
        });
        CHECK(io.run_one() == 1);
    }
    CHECK(log == std::vector<int>{0});
    io.run();
    CHECK(log == std::vector<int>{0, 1});
}

TEST_CASE("what throws after such a wake-up takes no other with it") {
    std::vector<int> log;
    numbered a(log, 1);
    asio::io_context io;
    const auto executor = on(io);
    const auto fail = [] { throw std::runtime_error("task"); };
    auto* const failing = weir::detail::function_task<decltype(fail)>::make(fail);
    const auto who = weir::waker::adopt(new waiter(*executor.queue(), *failing));
    asio::post(io, [&] { weir::detail::serial_queue::wake_here(*who); });
    CHECK_THROWS_WITH(io.run(), "task");
    executor.queue()->push(a);
    io.restart();
    io.run();
    CHECK(log == std::vector<int>{1});
}

TEST_CASE("two that take turns for long go on as one, after those who wait") {
    std::vector<int> log;
    numbered b(log, 2);
    std::function<void()> again;
    asio::io_context io;  // goes first, and drops them
    const auto executor = on(io);
    const auto second = on(io).queue();
    again = [&] {
        log.push_back(1);
        second->push_next(b);
        asio::post(executor, again);
    };
    asio::post(executor, again);
    CHECK(io.run_one() == 1);  // until their time is up
    CHECK(log.size() > 2);
    asio::post(io, [&log] { log.push_back(3); });
    log.clear();
    CHECK(io.run_one() == 1);
    CHECK(std::ranges::count(log, 1) > 0);
    CHECK(std::ranges::count(log, 2) > 0);
    CHECK(std::ranges::count(log, 3) == 0);
    log.clear();
    CHECK(io.run_one() == 1);
    CHECK(log == std::vector<int>{3});
}

TEST_CASE("others on the context have their turn, however long two hand over to each other") {
    std::vector<int> log;
    numbered a(log, 1);
    numbered b(log, 2);
    asio::io_context io;  // goes first, and drops them
    const auto one = on(io).queue();
    const auto other = on(io).queue();
    a.then(*other, b);
    b.then(*one, a);
    one->push(a);
    bool had_turn = false;
    asio::post(io, [&] {
        had_turn = true;
        io.stop();
    });
    io.run();
    CHECK(had_turn);
    CHECK(log.size() > 2);
}
