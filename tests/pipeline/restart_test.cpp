// Segments that are started again.

#include <weir/operators/map.hpp>

#include <doctest/doctest.h>

#include <stdexcept>

#include "support.hpp"

using namespace std::chrono_literals;
using namespace weir::testing;

namespace {

// A pipeline whose segment 'feed' reads the scripts one after the other, one an attempt.
struct feed_fixture : pipeline_fixture {
    std::vector<script<int>> scripts;
    std::size_t attempts = 0;
    std::vector<int> seen;
    std::vector<weir::restart_notice> notices;
    std::shared_ptr<outcome<void>> running;

    explicit feed_fixture(weir::restart policy) : scripts(10) {
        policy.on_failure = [this](const weir::restart_notice& n) { notices.push_back(n); };
        auto [tx, rx] = p.channel<int>("numbers", 4);
        p.add("feed", std::move(policy), [this, to = weir::make_reusable(std::move(tx))] {
            return scripts.at(attempts++).stream() | p.source("feed") | weir::into(to);
        });
        p.add("write", std::move(rx) | collect(seen));
        running = run();
    }
    // Has the attempt that runs fail, after it gave its number.
    void fail() {
        scripts.at(attempts - 1).give(static_cast<int>(attempts)).fail();
        settle(io);
    }
};

}  // namespace

TEST_CASE("a segment that fails is started again after a wait, and what it had sent is not lost") {
    feed_fixture f({.first_wait = 100ms});
    f.fail();
    CHECK(f.seen == std::vector{1});
    CHECK(f.scripts[0].held() == 0);
    f.advance(100ms - 1ns);
    CHECK(f.attempts == 1);
    f.advance(1ns);
    CHECK(f.attempts == 2);
    f.scripts[1].give({2, 3}).end();
    settle(f.io);
    f.running->get();
    CHECK(f.seen == std::vector{1, 2, 3});
    CHECK(f.time->sleepers() == 0);
}

TEST_CASE("each wait is longer than the one before, up to the longest") {
    feed_fixture f({.first_wait = 100ms, .max_wait = 500ms, .factor = 2});
    for (const auto wait : {100ms, 200ms, 400ms, 500ms, 500ms}) {
        const auto before = f.attempts;
        f.fail();
        f.advance(wait - 1ns);
        CHECK(f.attempts == before);
        f.advance(1ns);
        CHECK(f.attempts == before + 1);
    }
}

TEST_CASE("waits begin anew after an attempt that ran well, and not before") {
    feed_fixture f({.first_wait = 100ms, .well = 10s});
    f.fail();
    f.advance(100ms);
    f.advance(10s - 1ns);
    f.fail();
    REQUIRE(f.notices.size() == 2);
    CHECK(f.notices[1].wait == 200ms);
    CHECK(f.notices[1].attempt == 2);
    f.advance(200ms);
    f.advance(10s);
    f.fail();
    REQUIRE(f.notices.size() == 3);
    CHECK(f.notices[2].wait == 100ms);
    CHECK(f.notices[2].attempt == 1);
}

TEST_CASE("each failure is reported before the wait, and counted") {
    feed_fixture f({.first_wait = 100ms});
    f.fail();
    REQUIRE(f.notices.size() == 1);
    CHECK(f.notices[0].segment == "feed");
    CHECK(f.notices[0].attempt == 1);
    CHECK(f.notices[0].wait == 100ms);
    CHECK(weir::describe(f.notices[0].error) ==
          "pipeline 'load': segment 'feed': the source has failed");
    CHECK(f.p.graph().segments.at(0).restarts == 1);
}

TEST_CASE("when the attempts are spent the pipeline fails with the last error and their number") {
    feed_fixture f({.first_wait = 100ms, .max_attempts = 3});
    f.fail();
    f.advance(100ms);
    f.fail();
    f.advance(200ms);
    CHECK_FALSE(f.running->done);
    f.fail();
    CHECK(failure_of(*f.running) ==
          "pipeline 'load': segment 'feed': given up after 3 attempts: the source has failed");
    CHECK(f.attempts == 3);
    CHECK(f.notices.size() == 2);
}

TEST_CASE("a drain ends the wait with one last attempt, which ends regularly") {
    feed_fixture f({.first_wait = 100ms});
    f.fail();
    const auto report = f.drain(5s)->get();
    CHECK(report.drained());
    f.running->get();
    CHECK(f.attempts == 2);
    CHECK(f.scripts[1].polls() == 0);
    CHECK(f.seen == std::vector{1});
    CHECK(f.time->sleepers() == 0);
}

TEST_CASE("a segment that fails during a drain has one last attempt too") {
    pipeline_fixture f;
    script<int> numbers;
    std::size_t attempts = 0;
    bool heal = false;
    SUBCASE("which succeeds") {
        heal = true;
    }
    SUBCASE("which fails") {}
    auto fail = [&](int) {
        if (!heal || attempts == 1) throw callable_failure();
    };
    // It has no source of the pipeline's, so the drain does not end it.
    f.p.add("feed", weir::restart{}, [&] {
        ++attempts;
        return numbers.stream() | weir::for_each(fail);
    });
    auto running = f.run();
    auto drained = f.drain(5s);
    CHECK_FALSE(drained->done);
    numbers.give(1);
    settle(f.io);
    CHECK(attempts == 2);
    numbers.give(2).end();
    settle(f.io);
    CHECK(attempts == 2);
    CHECK(drained->get().drained() == heal);
    if (heal) {
        running->get();
    } else {
        CHECK(failure_of(*running) ==
              "pipeline 'load': segment 'feed': given up after 2 attempts: for_each: bad item");
    }
}

TEST_CASE("a cancellation ends the wait, and no attempt follows") {
    feed_fixture f({.first_wait = 100ms});
    f.fail();
    f.p.cancel();
    settle(f.io);
    CHECK(f.running->aborted());
    CHECK(f.attempts == 1);
    CHECK(f.time->sleepers() == 0);
}

TEST_CASE("a failure of the maker is a failed attempt") {
    pipeline_fixture f;
    script<int> numbers;
    std::vector<int> seen;
    int attempts = 0;
    f.p.add("feed", weir::restart{.first_wait = 1s}, [&] {
        if (++attempts == 1) throw callable_failure();
        return numbers.stream() | collect(seen);
    });
    auto running = f.run();
    CHECK_FALSE(running->done);
    f.advance(1s);
    numbers.give(1).end();
    settle(f.io);
    running->get();
    CHECK(seen == std::vector{1});
}

TEST_CASE("what follows from another segment's failure is not tried again") {
    pipeline_fixture f;
    script<int> numbers;
    auto [tx, rx] = f.p.channel<int>("numbers", 4);
    auto held = std::make_shared<decltype(rx)>(std::move(rx));
    int attempts = 0;
    std::vector<int> seen;
    f.p.add("write", weir::restart{}, [&, held] {
        ++attempts;
        return std::move(*held) | collect(seen);
    });
    f.p.add("read", numbers.fail().stream() | weir::into(std::move(tx)));
    auto running = f.run();
    CHECK(failure_of(*running) == "pipeline 'load': segment 'read': the source has failed");
    CHECK(attempts == 1);
}

TEST_CASE("an exception of the callback fails the pipeline") {
    pipeline_fixture f;
    script<int> numbers;
    std::vector<int> seen;
    auto fail = [](const weir::restart_notice&) { throw callable_failure(); };
    f.p.add("feed", weir::restart{.on_failure = fail},
            [&] { return numbers.stream() | collect(seen); });
    auto running = f.run();
    numbers.fail();
    settle(f.io);
    CHECK(failure_of(*running) == "pipeline 'load': segment 'feed': bad item");
}

TEST_CASE("a coroutine may be started again too") {
    pipeline_fixture f;
    int attempts = 0;
    auto body = [&]() -> asio::awaitable<void> {
        if (++attempts < 3) throw callable_failure();
        co_return;
    };
    f.p.add("feed", weir::restart{.first_wait = 1s}, body);
    auto running = f.run();
    f.advance(1s);
    f.advance(2s);
    running->get();
    CHECK(attempts == 3);
}

TEST_CASE("a sender whose segment was given up closes its channel as cut off, not as ended") {
    asio::io_context io;
    auto [tx, rx] = weir::channel<int>(4);
    {
        const auto lent = weir::make_reusable(std::move(tx));
    }
    std::vector<int> seen;
    auto result = start(io, std::move(rx) | collect(seen));
    settle(io);
    CHECK(result->aborted());
}

TEST_CASE("jitter leaves off part of a wait, and never adds to it") {
    weir::backoff waits({.first_wait = 1s, .max_wait = 1s, .jitter = 0.25, .seed = 7});
    auto least = weir::clock::duration::max();
    for (int i = 0; i < 1'000; ++i) {
        const auto wait = waits.next();
        CHECK(wait <= 1s);
        CHECK(wait >= 750ms);
        least = std::min(least, wait);
    }
    CHECK(least < 760ms);
}

TEST_CASE("a policy that makes no sense is refused when it is added") {
    pipeline_fixture f;
    auto body = []() -> asio::awaitable<void> { co_return; };
    CHECK_THROWS_WITH_AS(f.p.add("a", weir::restart{.first_wait = 0s}, body),
                         "weir::restart: the first wait must be positive", std::invalid_argument);
    CHECK_THROWS_AS(f.p.add("a", weir::restart{.first_wait = 2s, .max_wait = 1s}, body),
                    std::invalid_argument);
    CHECK_THROWS_AS(f.p.add("a", weir::restart{.factor = 0.5}, body), std::invalid_argument);
    CHECK_THROWS_AS(f.p.add("a", weir::restart{.jitter = 1.5}, body), std::invalid_argument);
    CHECK_THROWS_AS(f.p.add("a", weir::restart{.max_attempts = 0}, body), std::invalid_argument);
    f.p.add("a", weir::restart{}, body);
}
