// The books of stages and channels.

#include <weir/operators/batch.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/dedup.hpp>
#include <weir/operators/enumerate.hpp>
#include <weir/operators/filter.hpp>
#include <weir/operators/filter_map.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/scan.hpp>
#include <weir/operators/skip.hpp>
#include <weir/operators/split_errors.hpp>
#include <weir/operators/take.hpp>
#include <weir/operators/take_while.hpp>
#include <weir/operators/try_map.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <thread>

#include "support.hpp"

using namespace std::chrono_literals;
using namespace weir::testing;
using weir::ledger;

namespace weir {

// For doctest's messages.
inline std::ostream& operator<<(std::ostream& out, const ledger& l) {
    return out << l.in << " in, " << l.out << " out, " << l.filtered << " filtered, " << l.rejected
               << " rejected, " << l.dropped << " dropped, " << l.in_flight << " in flight";
}

}  // namespace weir

namespace {

bool even(int x) {
    return x % 2 == 0;
}

// The numbers 1 to 10.
auto ten() {
    return weir::from_range(std::views::iota(1, 11));
}

// The ledger of the only stage, after `numbers | steps` was run to its end, with ready and with
// suspended input.
template <class Make>
ledger books(Make steps) {
    std::optional<ledger> seen;
    for (const bool ready : {true, false}) {
        CAPTURE(ready);
        pipeline_fixture f;
        auto ignore = [](auto&&) {};
        if (ready) {
            f.p.add("all", ten() | f.p.stage("s", steps()) | weir::for_each(ignore));
        } else {
            f.p.add("all",
                    interleave_pending(ten()) | f.p.stage("s", steps()) | weir::for_each(ignore));
        }
        f.run()->get();
        const ledger now = f.stage("s");
        CHECK(now.balanced());
        if (seen) CHECK(*seen == now);
        seen = now;
    }
    return *seen;
}

auto half_number = [](int x) -> absl::StatusOr<int> {
    if (x % 2 == 1) return absl::InvalidArgumentError("odd");
    return x / 2;
};

}  // namespace

TEST_CASE("a stage of steps that pass counts as many out as in") {
    CHECK(books([] { return weir::map(std::negate<>()); }) == ledger{10, 10, 0, 0, 0, 0});
    CHECK(books([] { return weir::enumerate(); }) == ledger{10, 10, 0, 0, 0, 0});
    CHECK(books([] { return weir::scan(0, std::plus<>()); }) == ledger{10, 10, 0, 0, 0, 0});
    CHECK(books([] { return weir::take(20); }) == ledger{10, 10, 0, 0, 0, 0});
}

TEST_CASE("a stage that ends early has counted what it took") {
    CHECK(books([] { return weir::take(3); }) == ledger{3, 3, 0, 0, 0, 0});
    CHECK(books([] { return weir::take_while([](int x) { return x < 4; }); }) ==
          ledger{4, 3, 1, 0, 0, 0});
}

TEST_CASE("what steps leave out is filtered") {
    CHECK(books([] { return weir::filter(even); }) == ledger{10, 5, 5, 0, 0, 0});
    CHECK(books([] { return weir::skip(3); }) == ledger{10, 7, 3, 0, 0, 0});
    CHECK(books([] {
              return weir::filter_map(
                  [](int x) { return even(x) ? std::optional(x) : std::nullopt; });
          }) == ledger{10, 5, 5, 0, 0, 0});
    CHECK(books([] { return weir::map([](int x) { return x / 4; }) | weir::dedup(); }) ==
          ledger{10, 3, 7, 0, 0, 0});
}

TEST_CASE("records that split_errors takes aside are rejected, those filtered are not") {
    auto ignore = [](const absl::Status&) {};
    CHECK(books([=] {
              return weir::filter([](int x) { return x > 4; }) | weir::try_map(half_number) |
                     weir::split_errors(ignore) | weir::filter([](int x) { return x != 3; });
          }) == ledger{10, 2, 5, 3, 0, 0});
}

TEST_CASE("a step made of steps is counted step by step") {
    auto every_other = weir::pipe([](auto upstream) {
        return std::move(upstream) | weir::enumerate() |
               weir::filter([](const auto& x) { return x.first % 2 == 0; });
    });
    CHECK(books([=] { return every_other | weir::batch(2); }) == ledger{10, 5, 5, 0, 0, 0});
}

TEST_CASE("batches count the items in them, whatever becomes of the batch") {
    using batch = std::vector<int>;
    CHECK(books([] { return weir::batch(3); }) == ledger{10, 10, 0, 0, 0, 0});
    CHECK(books([] {
              return weir::filter(even) | weir::batch(3) |
                     weir::filter([](const batch& b) { return b.size() == 3; }) |
                     weir::map([](batch b) { return b.size(); });
          }) == ledger{10, 3, 7, 0, 0, 0});
}

TEST_CASE("a stage after a batch counts in items too") {
    pipeline_fixture f;
    auto ignore = [](auto&&) {};
    f.p.add(
        "all",
        ten() | f.p.source("numbers") | weir::batch(4) |
            f.p.stage("s", weir::filter([](const std::vector<int>& b) { return b.size() == 4; })) |
            weir::for_each(ignore));
    f.run()->get();
    CHECK(f.stage("numbers") == ledger{10, 10, 0, 0, 0, 0});
    CHECK(f.stage("s") == ledger{10, 8, 2, 0, 0, 0});
}

TEST_CASE("what a batch holds is in flight, and dropped with a cancellation") {
    pipeline_fixture f;
    script<int> numbers;
    std::vector<std::vector<int>> seen;
    f.p.add("all",
            numbers.stream() | f.p.stage("s", weir::filter(even) | weir::batch(3)) | collect(seen));
    auto running = f.run();
    numbers.give({1, 2, 3, 4, 5, 6, 7, 8});
    settle(f.io);
    CHECK(f.stage("s") == ledger{8, 3, 4, 0, 0, 1});
    f.p.cancel();
    settle(f.io);
    CHECK(running->aborted());
    CHECK(f.stage("s") == ledger{8, 3, 4, 0, 1, 0});
}

TEST_CASE("what a drain flushes is out, not dropped") {
    pipeline_fixture f;
    script<int> numbers;
    std::vector<std::vector<int>> seen;
    f.p.add("all",
            numbers.stream() | f.p.source("n") | f.p.stage("s", weir::batch(3)) | collect(seen));
    auto running = f.run();
    numbers.give({1, 2, 3, 4});
    settle(f.io);
    CHECK(f.stage("s") == ledger{4, 3, 0, 0, 0, 1});
    const auto report = f.drain(1s)->get();
    CHECK(f.stage("s") == ledger{4, 4, 0, 0, 0, 0});
    CHECK(report.state.segments.at(0).stages.at(1).items == ledger{4, 4, 0, 0, 0, 0});
}

TEST_CASE("an item whose step fails is dropped; one that fails further down was handed on") {
    auto fail_at_5 = [](int x) {
        if (x == 5) throw callable_failure();
        return x;
    };
    for (const bool inside : {true, false}) {
        CAPTURE(inside);
        pipeline_fixture f;
        auto ignore = [](auto&&) {};
        auto fail_inside = [=](int x) { return inside ? fail_at_5(x) : x; };
        auto fail_outside = [=](int x) { return inside ? x : fail_at_5(x); };
        f.p.add("all", ten() | f.p.stage("s", weir::filter([](int x) {
                                                  return x != 2;
                                              }) | weir::map(fail_inside)) |
                           weir::map(fail_outside) | weir::for_each(ignore));
        CHECK_FALSE(failure_of(*f.run()).empty());
        const std::uint64_t lost = inside ? 1 : 0;
        CHECK(f.stage("s") == ledger{5, 4 - lost, 1, 0, lost, 0});
    }
}

TEST_CASE("a failure of a predicate drops its item, and a failure behind a batch its items") {
    auto fail_at_6 = [](int x) {
        if (x == 6) throw callable_failure();
        return true;
    };
    auto fail = [](const std::vector<int>& b) {
        if (b.back() == 6) throw callable_failure();
        return true;
    };
    for (const bool batches : {true, false}) {
        CAPTURE(batches);
        pipeline_fixture f;
        auto ignore = [](auto&&) {};
        if (batches) {
            f.p.add("all", ten() | f.p.stage("s", weir::batch(3) | weir::filter(fail)) |
                               weir::for_each(ignore));
        } else {
            f.p.add("all", ten() | f.p.stage("s", weir::filter(fail_at_6) | weir::batch(3)) |
                               weir::for_each(ignore));
        }
        CHECK_FALSE(failure_of(*f.run()).empty());
        CHECK(f.stage("s") == ledger{6, 3, 0, 0, 3, 0});
    }
}

TEST_CASE("a channel counts what is sent, taken and inside, and drops what nobody took") {
    pipeline_fixture f;
    script<int> numbers;
    auto [tx, rx] = f.p.channel<int>("rows", 2);
    bool open = false;
    auto wait = [&](weir::any_stream<int> in) -> asio::awaitable<void> {
        while (!open) co_await asio::post(asio::use_awaitable);
        while (auto x = co_await in.next()) continue;
    };
    f.p.add("read", numbers.give({1, 2, 3}).stream() | weir::into(std::move(tx)));
    f.p.add("write", wait(std::move(rx)));
    auto running = std::make_shared<outcome<void>>();
    f.p.run(record(f.io, running));
    const auto turn = [&] {
        for (int i = 0; i < 50; ++i) f.io.poll_one();
    };
    turn();
    CHECK(f.channel("rows") == ledger{2, 0, 0, 0, 0, 2});
    SUBCASE("all is taken") {
        open = true;
        numbers.end();
        settle(f.io);
        running->get();
        CHECK(f.channel("rows") == ledger{3, 3, 0, 0, 0, 0});
    }
    SUBCASE("the pipeline is cancelled") {
        f.p.cancel();
        settle(f.io);
        CHECK(running->aborted());
        CHECK(f.channel("rows") == ledger{2, 0, 0, 0, 2, 0});
    }
}

TEST_CASE("a stage that is in two streams at once is refused, one after the other is not") {
    pipeline_fixture f;
    std::vector<int> seen;
    auto steps = f.p.stage("s", weir::map(std::negate<>()));
    {
        auto first = ten() | steps;
        CHECK_THROWS_WITH_AS(
            ten() | steps,
            "weir::pipeline: 's' is in two streams at once; a source or a stage has one place",
            std::logic_error);
    }
    f.p.add("all", ten() | steps | collect(seen));
    f.run()->get();
    CHECK(f.stage("s") == ledger{10, 10, 0, 0, 0, 0});
}

TEST_CASE("names of parts are checked") {
    pipeline_fixture f;
    auto same = weir::map(std::identity());
    CHECK_THROWS_AS(ten() | f.p.stage("", same), std::invalid_argument);
    CHECK_THROWS_AS(ten() | f.p.source(""), std::invalid_argument);
    CHECK_THROWS_AS(ten() | f.p.source("a") | f.p.stage("a", same), std::invalid_argument);
    CHECK_THROWS_AS(f.p.channel<int>("", 1), std::invalid_argument);
    CHECK_THROWS_AS(f.p.channel<int>("c", 0), std::invalid_argument);
    auto ends = f.p.channel<int>("c", 1);
    CHECK_THROWS_WITH_AS(f.p.channel<int>("c", 1),
                         "weir::pipeline 'load': there is a channel 'c' already",
                         std::invalid_argument);
}

TEST_CASE("every snapshot is balanced, read by other threads while it runs") {
    weir::runtime rt(2);
    weir::pipeline p("load", rt.executor());
    auto [tx, rx] = p.channel<std::vector<int>>("batches", 2);
    auto ignore = [](const absl::Status&) {};
    std::atomic<std::uint64_t> sum = 0;
    p.add("read", weir::from_range(std::views::iota(0, 300'000)) | p.source("numbers") |
                      p.stage("parse", weir::filter([](int x) { return x % 3 != 0; }) |
                                           weir::try_map(half_number) | weir::split_errors(ignore) |
                                           weir::batch(7)) |
                      weir::into(std::move(tx)));
    p.add("write", std::move(rx) | p.stage("store", weir::filter([](const std::vector<int>& b) {
                                               return b.size() == 7;
                                           })) |
                       weir::for_each([&](const std::vector<int>& b) { sum += b.size(); }));
    std::atomic<bool> over = false;
    bool balanced = true;
    bool grows = true;
    std::thread reader([&] {
        std::uint64_t seen = 0;
        while (!over) {
            for (const auto& segment : p.graph().segments) {
                for (const auto& stage : segment.stages) balanced &= stage.items.balanced();
            }
            const auto channel = p.graph().channels.at(0).items;
            balanced &= channel.balanced() && channel.in_flight <= 2;
            grows &= channel.in >= seen;
            seen = channel.in;
        }
    });
    rt.run(p.run());
    over = true;
    reader.join();
    CHECK(balanced);
    CHECK(grows);
    const auto g = p.graph();
    const ledger parse = g.segments.at(0).stages.at(1).items;
    const ledger store = g.segments.at(1).stages.at(0).items;
    CHECK(parse.filtered == 100'000);
    CHECK(parse.rejected == 100'000);
    CHECK(parse.out == 100'000);
    CHECK(parse.in_flight == 0);
    CHECK(store.in == parse.out);
    CHECK(store.out == sum);
    CHECK(g.channels.at(0).items.in == g.channels.at(0).items.out);
}
