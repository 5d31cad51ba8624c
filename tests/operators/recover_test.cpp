// What is done about streams that fail or take too long: retry_stream, timeout, recover.

#include <weir/operators/map.hpp>
#include <weir/operators/recover.hpp>
#include <weir/operators/timeout.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/sources/retry_stream.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/probe_sink.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/items.hpp>
#include <support/scripted.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;
using in = weir::any_stream<move_only>;
using texts = weir::any_stream<std::string>;
using ints = std::vector<int>;

namespace {

std::string text(const move_only& x) {
    return std::to_string(x.value());
}

// A stream under a limit, and a consumer that asks for its items all the time.
struct fixture : scripted {
    ints seen;
    std::shared_ptr<outcome<void>> result;

    template <class S>
    void begin(S s) {
        result = start(io, std::move(s) | weir::for_each([this](int x) { seen.push_back(x); }));
        settle(io);
    }
};

}  // namespace

TEST_CASE("timeout passes on what comes in time") {
    examine({.apply = [](in s, probe) -> texts {
                 return std::move(s) | weir::timeout({.item = 1h, .first = 2h, .whole = 3h}) |
                        weir::map(text);
             },
             .input = {1, 2, 3},
             .expected = {"1", "2", "3"},
             .before_failure = {},
             .filtered = {},
             .stage = {}});
}

TEST_CASE("an item that takes too long fails the stream, and not a moment before") {
    fixture f;
    f.begin(f.source.stream() | weir::timeout({.item = 10ms, .first = 30ms, .whole = {}}));
    f.advance(30ms - 1ns);
    f.give(1);
    f.advance(10ms - 1ns);
    f.give(2);
    f.advance(10ms - 1ns);
    CHECK_FALSE(f.result->done);
    f.advance(1ns);
    CHECK_THROWS_WITH_AS(f.result->get(), "an item took longer than 10 ms", weir::timeout_error);
    CHECK(f.seen == ints{1, 2});
    CHECK(f.time->sleepers() == 0);
}

TEST_CASE("the first item and the whole have limits of their own") {
    fixture f;
    SUBCASE("the first") {
        f.begin(f.source.stream() | weir::timeout({.item = {}, .first = 30ms, .whole = {}}));
        f.advance(30ms);
        CHECK_THROWS_WITH(f.result->get(), "the first item took longer than 30 ms");
    }
    SUBCASE("the whole") {
        f.begin(f.source.stream() | weir::timeout({.item = {}, .first = {}, .whole = 30ms}));
        for (int i = 0; i < 3; ++i) {
            CHECK_FALSE(f.result->done);
            f.give(i);
            f.advance(10ms);
        }
        CHECK_THROWS_WITH(f.result->get(), "the end took longer than 30 ms");
    }
    CHECK_THROWS_AS(weir::timeout({.item = 0s, .first = {}, .whole = {}}), std::invalid_argument);
}

TEST_CASE("a consumer that takes its time is not upstream's fault") {
    asio::io_context io;
    auto time = virtual_clock::install(io);
    script<int> source;
    source.give({1, 2});
    probe_sink out(io, source.stream() | weir::timeout({.item = 10ms, .first = {}, .whole = {}}));
    out.expect(1);
    time->advance(1h);
    out.expect(2);
    out.expect_nothing();
    time->advance(10ms);
    out.expect_error<weir::timeout_error>();
}

TEST_CASE("recover lets a failure through under its name where its function rethrows it") {
    fixture f;
    f.source.give({1}).fail();
    auto rethrow = [](const std::exception_ptr& e) -> ints { std::rethrow_exception(e); };
    f.begin(f.source.stream() | weir::recover(rethrow, "through"));
    CHECK_THROWS_WITH_AS(f.result->get(), "recover 'through': the source has failed",
                         weir::stage_error);
    CHECK(f.seen == ints{1});
}

TEST_CASE("recover goes on with a stream, a range or an item where upstream fails") {
    fixture f;
    f.source.give({1, 2}).fail();
    script<int> other;
    other.give({3, 4}).end();
    SUBCASE("a stream") {
        f.begin(f.source.stream() |
                weir::recover([&](const std::exception_ptr&) { return other.stream(); }));
        CHECK(f.seen == ints{1, 2, 3, 4});
    }
    SUBCASE("a range") {
        f.begin(f.source.stream() |
                weir::recover([](const std::exception_ptr&) { return ints{5, 6}; }));
        CHECK(f.seen == ints{1, 2, 5, 6});
    }
    SUBCASE("an item") {
        f.begin(f.source.stream() | weir::recover([](const std::exception_ptr&) { return 7; }));
        CHECK(f.seen == ints{1, 2, 7});
    }
    CHECK_NOTHROW(f.result->get());
    CHECK(f.source.held() == 0);
    CHECK(f.source.polls_after_end() == 0);
}

TEST_CASE("recover and retry_stream do not take a consumer's failure for upstream's") {
    auto bad = [](int) -> int { throw std::runtime_error("mine"); };
    int made = 0;
    auto more = [&made](const std::exception_ptr&) { return ++made; };
    auto make = [&made] { return ++made, weir::from_range(ints{1}); };
    fixture f;
    SUBCASE("recover") {
        f.source.give(1);
        f.begin(f.source.stream() | weir::recover(more) | weir::map(bad, "bad"));
        CHECK(made == 0);
    }
    SUBCASE("retry_stream") {
        f.begin(weir::retry_stream({}, make) | weir::map(bad, "bad"));
        CHECK(made == 1);
    }
    CHECK_THROWS_WITH(f.result->get(), "map 'bad': mine");
}

TEST_CASE("retry_stream makes another stream after each failure and its wait") {
    fixture f;
    std::vector<script<int>> made;
    auto make = [&] { return made.emplace_back().stream(); };
    weir::retry_stream_policy policy{
        .waits = {.first_wait = 10ms, .max_wait = 1s}, .max_attempts = 3, .worth = {}};
    f.begin(weir::retry_stream(policy, make));
    const auto fail = [&] {
        made.back().fail();
        settle(f.io);
        CHECK(made.back().held() == 0);
    };
    fail();
    f.advance(10ms - 1ns);
    CHECK(made.size() == 1);
    f.advance(1ns);
    CHECK(made.size() == 2);
    made.back().give(1);  // it works: the count and the waits begin anew
    fail();
    f.advance(10ms);
    CHECK(made.size() == 3);
    fail();
    f.advance(20ms);
    CHECK(made.size() == 4);
    SUBCASE("until it gives up") {
        fail();
        CHECK_THROWS_AS(f.result->get(), source_error);
    }
    SUBCASE("until one ends") {
        made.back().give(2).end();
        settle(f.io);
        CHECK_NOTHROW(f.result->get());
        CHECK(f.seen == ints{1, 2});
    }
    CHECK(f.time->sleepers() == 0);
}
