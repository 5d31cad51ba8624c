// enrich: a join with an async function, its cache and its shared lookups.

#include <weir/core/asio.hpp>
#include <weir/operators/enrich.hpp>
#include <weir/operators/ttl_cache.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/virtual_timer.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/items.hpp>
#include <support/trial.hpp>

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
using strings = std::vector<std::string>;
using timer = asio::basic_waitable_timer<virtual_time>;

namespace {

// Knows the tens of a number, after 10 ms.
struct registry {
    asio::io_context io;
    std::shared_ptr<virtual_clock> time = virtual_clock::install(io);
    script<int> source;
    int lookups = 0;
    bool fails = false;
    strings seen;
    std::shared_ptr<outcome<void>> result;
    asio::cancellation_signal stop;

    asio::awaitable<std::string> find(int key) {
        ++lookups;
        timer t(io, 10ms);
        co_await t.async_wait(asio::use_awaitable);
        if (fails) throw std::runtime_error("unknown");
        co_return "<" + std::to_string(key) + ">";
    }
    template <class V = weir::detail::no_fallback>
    void begin(std::size_t n, weir::enrich_policy<V> policy = {}) {
        auto key = [](int x) { return x / 10; };
        auto lookup = [this](int k) { return find(k); };
        auto join = [](int x, const std::string& name) { return std::to_string(x) + name; };
        auto keep = weir::for_each([this](std::string x) { seen.push_back(std::move(x)); });
        result = start(io,
                       source.stream() | weir::enrich(n, key, lookup, join, std::move(policy)) |
                           std::move(keep),
                       stop.slot());
        settle(io);
    }
    void ask(std::initializer_list<int> xs) {
        source.give(xs);
        settle(io);
    }
    void advance(weir::clock::duration d) {
        time->advance(d);
        settle(io);
    }
};

auto same_key() {
    return [](const move_only& x) { return x.value(); };
}

}  // namespace

TEST_CASE("enrich passes on what becomes of each item and its value") {
    auto join = [](const move_only& x, const std::string& y) {
        return std::to_string(x.value()) + y;
    };
    examine({.apply = [join](in s, probe call) -> texts {
                 auto lookup = [call](int key) -> asio::awaitable<std::string> {
                     co_await asio::post(asio::use_awaitable);
                     call();
                     co_return std::string(static_cast<std::size_t>(key), '!');
                 };
                 return std::move(s) | weir::enrich(1, same_key(), lookup, join,
                                                    weir::enrich_policy{.max_cached = 2}, "exam");
             },
             .input = {1, 2, 1, 3},
             .expected = {"1!", "2!!", "1!", "3!!!"},
             .before_failure = {},
             .filtered = {},
             .stage = "enrich 'exam'"});
}

TEST_CASE("items with the same key share one lookup, with or without a cache") {
    registry r;
    r.begin(4);
    r.ask({10, 11, 20, 12});
    CHECK(r.lookups == 2);
    r.advance(10ms);
    CHECK(r.seen == strings{"10<1>", "11<1>", "20<2>", "12<1>"});
    r.ask({13});
    CHECK(r.lookups == 3);
}

TEST_CASE("what is cached is not looked up again, until it is too old or has made room") {
    registry r;
    r.begin(1, weir::enrich_policy{.max_cached = 2, .time_to_live = 100ms});
    const auto asks = [&r](int x) {
        const int before = r.lookups;
        r.ask({x});
        r.advance(10ms);
        return r.lookups != before;
    };
    CHECK(asks(10));
    CHECK(asks(20));
    CHECK_FALSE(asks(11));  // 10 ms old after this
    CHECK(asks(30));        // makes 2 go, which was not used since
    CHECK_FALSE(asks(12));
    CHECK(asks(21));
    CHECK_FALSE(asks(13));
    r.advance(40ms - 1ns);
    CHECK_FALSE(asks(14));
    CHECK(asks(15));
}

TEST_CASE("a lookup that fails fails the stream, or its items get the fallback") {
    registry r;
    r.fails = true;
    SUBCASE("fails") {
        r.begin(2);
        r.ask({10, 11});
        r.advance(10ms);
        CHECK_THROWS_WITH(r.result->get(), "enrich: unknown");
    }
    SUBCASE("fallback") {
        r.begin(2, weir::enrich_policy{.max_cached = 9, .fallback = std::string("<?>")});
        r.ask({10, 11});
        r.advance(10ms);
        CHECK(r.seen == strings{"10<?>", "11<?>"});
        r.fails = false;
        r.ask({12});
        r.advance(10ms);
        CHECK(r.lookups == 2);  // a failure is not kept
        CHECK(r.seen.back() == "12<1>");
    }
}

TEST_CASE("a pipeline that is cancelled cancels its lookups and those who wait for them") {
    registry r;
    r.begin(3);
    r.ask({10, 11, 12});
    r.stop.emit(asio::cancellation_type::terminal);
    settle(r.io);
    CHECK(r.result->aborted());
    CHECK(r.time->sleepers() == 0);
}

TEST_CASE("a context that is destroyed takes lookups and those who wait for them along") {
    resource held;
    script<int> source;
    {
        asio::io_context io;
        auto time = virtual_clock::install(io);
        auto lookup = [&io, h = held.acquire()](int) -> asio::awaitable<int> {
            return [](asio::io_context* c, resource::hold) -> asio::awaitable<int> {
                timer t(*c, 1h);
                co_await t.async_wait(asio::use_awaitable);
                co_return 1;
            }(&io, h);
        };
        auto key = [](int) { return 1; };
        auto join = [](int x, int y) { return x + y; };
        source.give({1, 2, 3});
        auto result = start(
            io, source.stream() | weir::enrich(3, key, lookup, join) | weir::for_each([](int) {}));
        settle(io);
    }
    CHECK(held.held() == 0);
    CHECK(source.held() == 0);
}

TEST_CASE("enrich refuses what makes no sense") {
    auto f = [](int x) -> asio::awaitable<int> { co_return x; };
    auto key = [](int x) { return x; };
    auto join = [](int x, int) { return x; };
    CHECK_THROWS_AS(weir::enrich(0, key, f, join), std::invalid_argument);
    CHECK_THROWS_AS(weir::enrich(1, key, f, join, weir::enrich_policy{.time_to_live = 0s}),
                    std::invalid_argument);
}

TEST_CASE("enrich keeps its promises under 1,000 seeds") {
    const auto make = [](seeded_random& dice) {
        const std::size_t n = 1 + dice.below(5);
        const std::size_t cached = dice.below(4);
        return trial{.name = "enrich",
                     .apply =
                         [n, cached](in s, seeded_context& ctx) {
                             auto lookup = [c = &ctx](int key) -> asio::awaitable<int> {
                                 return [](seeded_context* at, int k) -> asio::awaitable<int> {
                                     timer t(*at, std::chrono::milliseconds(at->random().below(4)));
                                     co_await t.async_wait(asio::use_awaitable);
                                     if (at->random().one_in(4)) throw std::runtime_error("no");
                                     co_return k;
                                 }(c, key);
                             };
                             auto key = [](const move_only& x) { return x.value() % 3; };
                             auto join = [](move_only x, int y) {
                                 if (y != -1 && y != x.value() % 3) x.add(1000);
                                 return x;
                             };
                             weir::enrich_policy policy{
                                 .max_cached = cached, .time_to_live = 5ms, .fallback = -1};
                             return std::move(s) | weir::enrich(n, key, lookup, join, policy);
                         },
                     .model = [](const std::vector<int>& xs) { return forecast{xs, false}; },
                     .drops_on_failure = true};
    };
    CHECK_NOTHROW(try_under_seeds(1'000, make));
}
