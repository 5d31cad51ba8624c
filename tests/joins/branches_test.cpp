// One stream into several: fan_out, partition, and the hubs.

#include <weir/core/stage.hpp>
#include <weir/joins/broadcast_hub.hpp>
#include <weir/joins/fan_out.hpp>
#include <weir/joins/merge_hub.hpp>
#include <weir/joins/partition.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/into_broadcast.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>
#include <joins/support.hpp>

#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

using namespace weir::testing;
using ints = std::vector<int>;
using weir::overflow;

namespace {

/// What came out of a stream of ints, in a pipeline of its own.
struct consumer {
    template <class S>
    void run(asio::io_context& io, S s) {
        auto note = weir::for_each([this](int x) { seen.push_back(x); });
        result = start(io, std::move(s) | std::move(note), stop.slot());
        settle(io);
    }
    bool ended() const { return result && result->done && !result->error; }
    bool aborted() const { return result && result->done && result->aborted(); }

    ints seen;
    std::shared_ptr<outcome<void>> result;
    asio::cancellation_signal stop;
};

/// A scripted source into branches.
struct fixture {
    template <class Branches>
    void feed(Branches to) {
        auto pipeline = source.stream() | weir::into(std::move(to));
        result = start(io, std::move(pipeline), stop.slot());
        settle(io);
    }
    void give(std::initializer_list<int> items) {
        source.give(items);
        settle(io);
    }
    void give_up_to(int last) {
        for (int i = 1; i <= last; ++i) source.give(i);
        settle(io);
    }

    asio::io_context io;
    script<int> source;
    std::shared_ptr<outcome<void>> result;
    asio::cancellation_signal stop;
};

/// All that is there, and whether the end is.
std::pair<ints, bool> drain(weir::unique_receiver<int>& from) {
    ints all;
    for (;;) {
        auto x = from.try_receive();
        if (!x) return {all, x.ended()};
        all.push_back(*x);
    }
}

ints up_to(int last) {
    ints all;
    for (int i = 1; i <= last; ++i) all.push_back(i);
    return all;
}

}  // namespace

TEST_CASE("fan_out gives every item to every branch, and ends them") {
    fixture f;
    consumer each[3];
    weir::fan_out<int> to;
    std::vector<weir::unique_receiver<int>> branches;
    for (int i = 0; i < 3; ++i) branches.push_back(to.branch(std::size_t(1 + i)));
    f.feed(std::move(to));
    for (int i = 0; i < 3; ++i) each[i].run(f.io, std::move(branches[std::size_t(i)]));
    f.give({1, 2});
    f.give_up_to(200);
    for (const auto& c : each) CHECK(c.seen.size() == 202);
    f.source.end();
    settle(f.io);
    for (const auto& c : each) CHECK(c.ended());
    CHECK_NOTHROW(f.result->get());
}

TEST_CASE("a branch that waits makes all wait at twice what it holds, and nothing is lost") {
    fixture f;
    consumer quick;
    weir::fan_out<int> to;
    auto slow = to.branch(4);
    auto other = to.branch(100);
    f.feed(std::move(to));
    quick.run(f.io, std::move(other));
    f.give_up_to(1'000);
    CHECK(quick.seen.size() <= 4 + 4);
    CHECK(f.source.left() >= 1'000 - 4 - 4);
    consumer late;
    late.run(f.io, std::move(slow));
    CHECK(late.seen == up_to(1'000));
    CHECK(quick.seen == up_to(1'000));
}

TEST_CASE("a branch that drops or is disconnected lets the others go on") {
    for (const auto policy : {overflow::drop_oldest, overflow::drop_newest, overflow::disconnect}) {
        fixture f;
        consumer quick;
        weir::fan_out<int> to;
        auto slow = to.branch(4, policy);
        auto other = to.branch(4);
        f.feed(std::move(to));
        quick.run(f.io, std::move(other));
        f.give_up_to(100);
        CHECK(quick.seen == up_to(100));
        if (policy == overflow::drop_oldest) {
            CHECK(drain(slow) == std::pair(ints{97, 98, 99, 100}, false));
            CHECK(slow.dropped() == 96);
        } else if (policy == overflow::drop_newest) {
            CHECK(drain(slow) == std::pair(up_to(4), false));
            CHECK(slow.dropped() == 96);
        } else {
            for (int i = 1; i <= 4; ++i) CHECK(*slow.try_receive() == i);
            CHECK_THROWS_AS(slow.try_receive(), weir::branch_disconnected_error);
        }
    }
}

TEST_CASE("a branch whose consumer has gone is left out; without any the pipeline ends") {
    fixture f;
    weir::fan_out<int> to;
    auto first = std::make_optional(to.branch(4));
    auto second = std::make_optional(to.branch(4));
    f.feed(std::move(to));
    first.reset();
    f.give_up_to(3);
    CHECK(drain(*second) == std::pair(up_to(3), false));
    CHECK_FALSE(f.result->done);
    second.reset();
    settle(f.io);
    REQUIRE(f.result->done);
    CHECK_NOTHROW(f.result->get());
    CHECK(f.source.held() == 0);
}

TEST_CASE("a failure upstream comes after what was there before, in each branch") {
    fixture f;
    consumer each[2];
    weir::fan_out<int> to;
    auto first = to.branch(1);
    auto second = to.branch(100);
    f.feed(std::move(to));
    f.source.give({1, 2, 3}).fail();
    settle(f.io);
    each[0].run(f.io, std::move(first));
    each[1].run(f.io, std::move(second));
    for (const auto& c : each) {
        CHECK(c.seen == up_to(3));
        CHECK_THROWS_AS(c.result->get(), source_error);
    }
    CHECK_THROWS_AS(f.result->get(), source_error);
}

TEST_CASE("branches of a pipeline that is cancelled do not look complete") {
    fixture f;
    consumer c;
    weir::fan_out<int> to;
    auto branch = to.branch(4);
    f.feed(std::move(to));
    c.run(f.io, std::move(branch));
    f.give({1});
    f.stop.emit(asio::cancellation_type::terminal);
    settle(f.io);
    CHECK(f.result->aborted());
    CHECK(c.seen == ints{1});
    CHECK(c.aborted());
}

TEST_CASE("capacities in bytes hold for branches too") {
    fixture f;
    weir::fan_out<int> to;
    auto size_of = [](int x) { return static_cast<std::size_t>(x); };
    auto branch = to.branch(weir::bytes(5, size_of));
    f.feed(std::move(to));
    f.give({2, 2, 2, 9, 1});
    ints seen;
    while (auto x = branch.try_receive()) {
        seen.push_back(*x);
        settle(f.io);
    }
    CHECK(seen == ints{2, 2, 2, 9, 1});
}

TEST_CASE("partition by a predicate puts the items it likes into the first branch") {
    asio::io_context io;
    auto to = weir::partition<move_only>([](const move_only& x) { return x.value() % 2 == 0; });
    auto even = to.branch(8);
    auto odd = to.branch(8);
    run(io, numbers({1, 2, 3, 4, 5}) | weir::into(std::move(to)));
    for (int i : {2, 4}) CHECK(even.try_receive()->value() == i);
    for (int i : {1, 3, 5}) CHECK(odd.try_receive()->value() == i);
    CHECK(even.try_receive().ended());
    CHECK(odd.try_receive().ended());
}

TEST_CASE("partition by number; a number without a branch is an error") {
    fixture f;
    auto to = weir::partition<int>([](int x) { return x / 10; });
    std::vector<weir::unique_receiver<int>> branches;
    for (int i = 0; i < 3; ++i) branches.push_back(to.branch(8));
    f.feed(std::move(to));
    f.give({1, 11, 21, 2, 22});
    CHECK(drain(branches[0]) == std::pair(ints{1, 2}, false));
    CHECK(drain(branches[1]) == std::pair(ints{11}, false));
    CHECK(drain(branches[2]) == std::pair(ints{21, 22}, false));
    f.give({12, 31});
    CHECK_THROWS_AS(f.result->get(), std::out_of_range);
    CHECK(*branches[1].try_receive() == 12);
    CHECK_THROWS_AS(branches[1].try_receive(), std::out_of_range);
}

TEST_CASE("a function of a partition that throws is named") {
    fixture f;
    auto fails = [](int) -> bool { throw std::runtime_error("neither"); };
    auto to = weir::partition<int>(fails, "by parity");
    auto branch = to.branch(8);
    f.feed(std::move(to));
    f.give({1});
    try {
        f.result->get();
        FAIL("it did not throw");
    } catch (const weir::stage_error& e) {
        CHECK(e.stage() == "partition 'by parity'");
    }
}

TEST_CASE(
    "producers of a merge_hub come and go, and it ends when it was closed and all have left") {
    asio::io_context io;
    auto [entry, events] = weir::merge_hub<int>(4);
    consumer c;
    c.run(io, std::move(events));
    script<int> first, second;
    auto one = start(io, first.stream() | weir::into(entry));
    first.give({1, 2}).end();
    settle(io);
    CHECK_NOTHROW(one->get());
    CHECK_FALSE(c.result->done);  // nobody is attached, and it goes on
    auto two = start(io, second.stream() | weir::into(entry));
    auto by_hand = std::make_optional(entry.attach());
    CHECK(by_hand->try_send(3));
    second.give(4);
    settle(io);
    entry.close();
    CHECK_THROWS_AS(entry.attach(), weir::channel_closed_error);
    second.give(5).end();
    settle(io);
    CHECK(c.seen == ints{1, 2, 3, 4, 5});
    CHECK_FALSE(c.result->done);
    by_hand.reset();
    settle(io);
    CHECK(c.ended());
}

TEST_CASE("a producer that fails leaves a merge_hub to the others") {
    asio::io_context io;
    auto [entry, events] = weir::merge_hub<int>(4);
    consumer c;
    c.run(io, std::move(events));
    script<int> first, second;
    auto one = start(io, first.stream() | weir::into(entry));
    auto two = start(io, second.stream() | weir::into(entry));
    first.give(1).fail();
    settle(io);
    CHECK_THROWS_AS(one->get(), source_error);
    second.give(2);
    settle(io);
    CHECK(c.seen == ints{1, 2});
    CHECK_FALSE(c.result->done);
    c.stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK_NOTHROW(two->get());  // nobody wants more
    CHECK(second.held() == 0);
}

TEST_CASE("consumers of a broadcast_hub come and go, and do not keep it open") {
    asio::io_context io;
    auto [sender, exit] = weir::broadcast_hub<int>(4);
    script<int> source;
    auto feed = start(io, source.stream() | weir::into(std::move(sender)));
    source.give(1);  // nobody is there
    settle(io);
    consumer early, late;
    early.run(io, exit.attach());
    source.give(2);
    settle(io);
    late.run(io, exit.attach());
    CHECK(exit.attached() == 2);
    source.give(3);
    settle(io);
    early.stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK(exit.attached() == 1);
    source.give(4).end();
    settle(io);
    CHECK(early.seen == ints{2, 3});
    CHECK(late.seen == ints{3, 4});
    CHECK(late.ended());
    CHECK_NOTHROW(feed->get());
    consumer after;
    after.run(io, exit.attach());
    CHECK(after.ended());
}
