// using_resource: opened with the first poll, closed on every outcome.

#include <weir/core/asio.hpp>
#include <weir/core/stage.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/take.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/discard.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/sources/using_resource.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/probe_sink.hpp>
#include <weir/testing/script.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/items.hpp>
#include <support/trial.hpp>

#include <algorithm>
#include <atomic>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace weir::testing;
using in = weir::any_stream<move_only>;
using events = std::vector<std::string>;

namespace {

/// What is opened: the input, and who must be told when it is closed.
struct source_file {
    in items;
    resource::hold open;
};

in items_of(source_file& f) {
    return std::move(f.items);
}

std::string text(move_only x) {
    return std::to_string(x.value());
}

asio::awaitable<void> elsewhere() {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
}

/// The input as that of a file, which is opened and closed by coroutines.
auto late_file(in s, probe call) {
    auto open = [call, s = std::move(s)]() mutable -> asio::awaitable<source_file> {
        call();
        co_await elsewhere();
        source_file f(std::move(s), call.held);
        co_return f;
    };
    auto close = [](source_file f) -> asio::awaitable<void> {
        co_await elsewhere();
        f.open.reset();
    };
    return weir::using_resource(std::move(open), items_of, close, "exam");
}

/// A stream of 1 and 2 and then what the script says, of a resource that notes what happens.
struct fixture {
    asio::io_context io;
    script<int> source;
    events seen = {};
    bool close_fails = false;

    auto stream() {
        source.give({1, 2});
        auto open = [this] { return seen.emplace_back("open"), std::make_unique<int>(7); };
        auto use = [this](std::unique_ptr<int>&) {
            return seen.emplace_back("use"), source.stream();
        };
        auto close = [this](std::unique_ptr<int> r) {
            seen.push_back(*r == 7 && source.held() == 0 ? "close" : "close too early");
            if (close_fails) throw std::runtime_error("cannot close");
        };
        return weir::using_resource(open, use, close, "it");
    }
    template <class S>
    auto drained(S s) {
        return std::move(s) | weir::discard();
    }
};

const events whole = {"open", "use", "close"};

}  // namespace

TEST_CASE("using_resource passes on the items of what it has opened") {
    examine({.apply =
                 [](in s, probe call) {
                     auto open = [call, s = std::move(s)]() mutable {
                         call();
                         return source_file(std::move(s), call.held);
                     };
                     return weir::using_resource(std::move(open), items_of, {}, "exam") |
                            weir::map(text);
                 },
             .input = {1, 2, 3},
             .expected = {"1", "2", "3"},
             .before_failure = {},
             .filtered = {},
             .stage = "using_resource 'exam'"});
}

TEST_CASE("the pipeline completes when a coroutine has closed what a coroutine has opened") {
    examine({.apply =
                 [](in s, probe call) {
                     return late_file(std::move(s), std::move(call)) | weir::map(text);
                 },
             .input = {1, 2, 3},
             .expected = {"1", "2", "3"},
             .before_failure = {},
             .filtered = {},
             .stage = "using_resource 'exam'"});
}

TEST_CASE("a resource is opened with the first poll and closed before the end is heard of") {
    fixture f;
    auto s = f.stream();
    CHECK(f.seen.empty());
    probe_sink out(f.io, std::move(s));
    out.expect(1);
    out.expect(2);
    CHECK(f.seen == events{"open", "use"});
    f.source.end();
    out.expect_end();
    CHECK(f.seen == whole);
}

TEST_CASE("a resource is closed once when its stream fails, stops early, or is cancelled") {
    fixture failing;
    failing.close_fails = true;  // of which nobody hears: it failed before
    auto s = failing.stream();
    failing.source.fail();
    CHECK_THROWS_AS(run(failing.io, failing.drained(std::move(s))), source_error);
    CHECK(failing.seen == whole);

    fixture enough;
    enough.close_fails = true;
    run(enough.io, enough.drained(enough.stream() | weir::take(1)));
    CHECK(enough.seen == whole);

    fixture cancelled;
    asio::cancellation_signal stop;
    auto result = start(cancelled.io, cancelled.drained(cancelled.stream()), stop.slot());
    settle(cancelled.io);
    stop.emit(asio::cancellation_type::terminal);
    settle(cancelled.io);
    CHECK(result->aborted());
    CHECK(cancelled.seen == whole);

    fixture consumer;
    auto no = [](int) -> int { throw std::domain_error("no"); };
    auto all = consumer.stream() | weir::map(no, "consumer");
    CHECK_THROWS_WITH_AS(run(consumer.io, consumer.drained(std::move(all))), "map 'consumer': no",
                         weir::stage_error);
    CHECK(consumer.seen == whole);
}

TEST_CASE("a stream that is never polled opens nothing") {
    fixture f;
    static_cast<void>(f.drained(f.stream()));
    CHECK(f.seen.empty());
}

TEST_CASE("what fails to open is not closed, and what fails to be used is") {
    bool closed = false;
    auto fine = [] { return 1; };
    auto bad_open = []() -> int { throw std::runtime_error("no such file"); };
    auto items = [](int) { return weir::from_range(std::vector{1}); };
    auto bad_use = [items](int& x) {
        if (x == 1) throw std::runtime_error("not a table");
        return items(x);
    };
    auto close = [&closed](int) { closed = true; };
    CHECK_THROWS_WITH_AS(run(weir::using_resource(bad_open, items, close, "it") | weir::discard()),
                         "using_resource 'it': no such file", weir::stage_error);
    CHECK_FALSE(closed);
    CHECK_THROWS_WITH_AS(run(weir::using_resource(fine, bad_use, close, "it") | weir::discard()),
                         "using_resource 'it': not a table", weir::stage_error);
    CHECK(closed);
}

TEST_CASE("a close that fails at the end fails the pipeline, plain or as a coroutine") {
    fixture plain;
    plain.close_fails = true;
    auto s = plain.stream();
    plain.source.end();
    CHECK_THROWS_WITH_AS(run(plain.io, plain.drained(std::move(s))),
                         "using_resource 'it': cannot close", weir::stage_error);
    auto open = [] { return 1; };
    auto items = [](int x) { return weir::from_range(std::vector{x}); };
    auto close = [](int) -> asio::awaitable<void> {
        co_await elsewhere();
        throw std::runtime_error("cannot close");
    };
    CHECK_THROWS_WITH_AS(run(weir::using_resource(open, items, close, "it") | weir::discard()),
                         "using_resource 'it': cannot close", weir::stage_error);
}

TEST_CASE("a resource is not closed while a segment of its stream still uses it") {
    examine({.apply =
                 [](in s, probe call) {
                     auto open = [call, s = std::move(s)]() mutable {
                         call();
                         return std::make_shared<source_file>(std::move(s), call.held);
                     };
                     auto use = [](std::shared_ptr<source_file>& f) {
                         // Upstream of the buffer refers to the file, and is let go of later.
                         auto look = [file = f.get()](move_only x) {
                             return file->open ? text(std::move(x)) : "closed";
                         };
                         return items_of(*f) | weir::map(look) | weir::buffer(2);
                     };
                     auto close = [](std::shared_ptr<source_file> f) { CHECK(f.use_count() == 1); };
                     return weir::using_resource(std::move(open), use, close, "exam");
                 },
             .input = {1, 2, 3},
             .expected = {"1", "2", "3"},
             .before_failure = {},
             .filtered = {},
             .stage = "using_resource 'exam'"});
}

TEST_CASE("using_resource keeps its promises under 1,000 seeds") {
    const auto make = [](seeded_random& dice) {
        const bool apart = dice.one_in(2);
        return trial{.name = "using_resource",
                     .apply = [apart](in s, seeded_context&) -> in {
                         auto file = late_file(std::move(s), probe());
                         if (!apart) return file;
                         return std::move(file) | weir::buffer(2);
                     },
                     .model = [](const std::vector<int>& xs) { return forecast{xs, false}; }};
    };
    CHECK_NOTHROW(try_under_seeds(1'000, make));
}

TEST_CASE("a resource is closed once whichever thread was the last to use it") {
    weir::runtime threads(2);
    for (int round = 0; round < 100; ++round) {
        std::atomic<int> open = 0;
        auto opens = [&open]() -> asio::awaitable<int> {
            co_await elsewhere();
            co_return open++;
        };
        auto use = [&open](int&) {
            auto look = [&open](int x) { return open == 1 ? x : -1; };
            return weir::from_range(std::views::iota(0, 100)) | weir::map(look) | weir::buffer(8);
        };
        auto close = [&open](int) -> asio::awaitable<void> {
            co_await elsewhere();
            --open;
        };
        auto some = weir::using_resource(opens, use, close) |
                    weir::take(round % 2 == 0 ? 5 : 1000) | weir::to<std::vector>();
        const std::vector<int> seen = threads.run(std::move(some));
        CHECK(seen.size() == (round % 2 == 0 ? 5 : 100));
        CHECK(std::find(seen.begin(), seen.end(), -1) == seen.end());
        CHECK(open == 0);
    }
}
