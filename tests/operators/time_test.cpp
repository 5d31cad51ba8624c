// throttle, debounce, sample, delay and timestamps, on a clock that is moved by hand.

#include <weir/operators/debounce.hpp>
#include <weir/operators/delay.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/sample.hpp>
#include <weir/operators/throttle.hpp>
#include <weir/operators/timestamps.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/items.hpp>
#include <support/scripted.hpp>

#include <chrono>
#include <functional>
#include <initializer_list>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;

namespace {

using numbers = weir::any_stream<int>;
using ints = std::vector<int>;
using in = weir::any_stream<move_only>;

// An operator between a script and a list, and the time in the test's hands.
struct fixture : scripted {
    ints seen;
    std::shared_ptr<outcome<void>> result;

    template <class Op>
    explicit fixture(Op op) {
        auto collect = [this](int x) { seen.push_back(x); };
        numbers out = source.stream() | std::move(op);
        result = start(io, std::move(out) | weir::for_each(collect));
        settle(io);
    }
};

operator_exam exam_of(std::function<in(in)> apply) {
    operator_exam exam;
    exam.apply = [apply](in s, probe) {
        auto text = [](move_only x) { return std::to_string(x.value()); };
        return apply(std::move(s)) | weir::map(text);
    };
    exam.input = {1, 2, 3};
    exam.expected = {"1", "2", "3"};
    return exam;
}

}  // namespace

TEST_CASE("the operators that wait sit the exam with nothing to wait for") {
    examine(exam_of([](in s) { return std::move(s) | weir::throttle({1, 1h}, 100); }));
    examine(exam_of([](in s) { return std::move(s) | weir::delay(0s, 1); }));
    examine(exam_of([](in s) {
        auto value = [](weir::timestamped<move_only> x) { return std::move(x.value); };
        return std::move(s) | weir::timestamps() | weir::map(value);
    }));
}

TEST_CASE("the operators that drop pass on the last item when all comes at once") {
    for (const bool debounced : {false, true}) {
        auto exam = exam_of([debounced](in s) -> in {
            if (debounced) return std::move(s) | weir::debounce(1h);
            return std::move(s) | weir::sample(1h);
        });
        exam.expected = {"3"};
        exam.before_failure.emplace();
        examine(exam);
    }
}

TEST_CASE("a throttled stream passes a burst, and then one item a period") {
    fixture f(weir::throttle({2, 100ms}, 3));
    f.give({1, 2, 3, 4, 5, 6});
    CHECK(f.seen == ints{1, 2, 3});
    CHECK(f.source.left() == 2);  // one waits inside, the others upstream
    f.advance(50ms - 1ns);
    CHECK(f.seen.size() == 3);
    f.advance(1ns);
    CHECK(f.seen.size() == 4);
    f.advance(50ms - 1ns);
    CHECK(f.seen.size() == 4);
    f.advance(51ms);  // a token and a bit more, which is not lost
    CHECK(f.seen.size() == 6);
    f.advance(149ms);  // saved: all three, less a nanosecond
    f.give({7, 8, 9, 10});
    CHECK(f.seen.size() == 8);
    f.advance(1ns);
    CHECK(f.seen.size() == 9);
    f.advance(1h);
    CHECK(f.seen.size() == 10);
    f.advance(1h);
    f.give({11, 12, 13, 14});
    CHECK(f.seen.size() == 13);  // a long pause saves no more than the burst
}

TEST_CASE("a rate that no tick divides is kept exactly") {
    fixture f(weir::throttle({3, 10ns}));
    for (int i = 0; i < 31; ++i) f.source.give(i);
    settle(f.io);
    for (int i = 0; i < 100; ++i) f.advance(1ns);
    CHECK(f.seen.size() == 31);  // one at once, and thirty in the hundred nanoseconds
}

TEST_CASE("the end and a failure pass a throttled stream that has no token") {
    for (const bool fails : {false, true}) {
        fixture f(weir::throttle({1, 1h}));
        f.give({1});
        fails ? f.source.fail() : f.source.end();
        settle(f.io);
        REQUIRE(f.result->done);
        CHECK((f.result->error != nullptr) == fails);
    }
}

TEST_CASE("debounce passes on an item after a time of quiet, and not before") {
    fixture f(weir::debounce(50ms));
    f.give({1});
    f.advance(50ms - 1ns);
    CHECK(f.seen.empty());
    f.give({2});
    f.advance(50ms - 1ns);
    CHECK(f.seen.empty());
    f.advance(1ns);
    CHECK(f.seen == ints{2});
    CHECK(f.time->sleepers() == 0);
    f.advance(1h);
    f.give({3, 4});
    f.advance(50ms);
    CHECK(f.seen == ints{2, 4});
}

TEST_CASE("an item that comes when another is due does not take its place") {
    fixture f(weir::debounce(50ms));
    f.give({1});
    f.time->advance(50ms);
    f.give({2});
    CHECK(f.seen == ints{1});
    f.end();
    CHECK(f.seen == ints{1, 2});
    CHECK(f.result->done);
}

TEST_CASE("sample passes on the latest item at each time of its grid") {
    fixture f(weir::sample(100ms));
    f.advance(30ms);
    f.give({1, 2});
    f.advance(70ms - 1ns);
    CHECK(f.seen.empty());
    f.give({3});
    f.advance(1ns);
    CHECK(f.seen == ints{3});
    f.advance(250ms);  // nothing has come: nothing is passed on, and nobody waits
    CHECK(f.seen.size() == 1);
    CHECK(f.time->sleepers() == 0);
    f.give({4});
    f.advance(50ms - 1ns);
    CHECK(f.seen.size() == 1);
    f.advance(1ns);
    CHECK(f.seen == ints{3, 4});
    f.give({5});
    f.end();
    CHECK(f.seen == ints{3, 4, 5});
    CHECK(f.result->done);
}

TEST_CASE("delay passes on each item later, with the pauses as they were") {
    fixture f(weir::delay(100ms));
    f.give({1, 2});
    f.advance(60ms);
    f.give({3});
    f.advance(40ms - 1ns);
    CHECK(f.seen.empty());
    f.advance(1ns);
    CHECK(f.seen == ints{1, 2});
    f.end();
    f.advance(60ms - 1ns);
    CHECK(f.seen.size() == 2);
    CHECK_FALSE(f.result->done);
    f.advance(1ns);
    CHECK(f.seen == ints{1, 2, 3});
    CHECK(f.result->done);
}

TEST_CASE("delay holds no more than it may, and upstream waits") {
    fixture f(weir::delay(100ms, 2));
    f.give({1, 2, 3});
    CHECK(f.source.left() == 1);
    f.advance(100ms);
    CHECK(f.seen == ints{1, 2});
    CHECK(f.source.left() == 0);
    f.advance(100ms);
    CHECK(f.seen == ints{1, 2, 3});
}

TEST_CASE("a failure passes a delay at once") {
    fixture f(weir::delay(100ms));
    f.give({1});
    f.source.fail();
    settle(f.io);
    REQUIRE(f.result->done);
    CHECK_THROWS_AS(f.result->get(), source_error);
    CHECK(f.seen.empty());
}

TEST_CASE("timestamps say when each item came") {
    std::vector<weir::clock::duration> times;
    fixture f(weir::timestamps() | weir::map([&times](weir::timestamped<int> x) {
                  times.push_back(x.time.time_since_epoch());
                  return x.value;
              }));
    f.give({1});
    f.advance(20ms);
    f.give({2});
    CHECK(f.seen == ints{1, 2});
    CHECK(times == std::vector<weir::clock::duration>{0ms, 20ms});
}

TEST_CASE("times and rates that mean nothing are refused") {
    using refused = std::invalid_argument;
    CHECK_THROWS_WITH_AS(weir::throttle({0, 1s}), "weir::throttle: the rate must be positive",
                         refused);
    CHECK_THROWS_WITH_AS(weir::throttle({1, 0s}), "weir::throttle: the rate must be positive",
                         refused);
    CHECK_THROWS_WITH_AS(weir::throttle({1, 1s}, 0), "weir::throttle: the burst must be at least 1",
                         refused);
    const auto most = std::numeric_limits<std::uint64_t>::max();
    CHECK_THROWS_WITH_AS(weir::throttle({1, 1h}, most), "weir::throttle: the burst is too large",
                         refused);
    CHECK_THROWS_AS(weir::debounce(0s), refused);
    CHECK_THROWS_AS(weir::sample(0s), refused);
    CHECK_THROWS_AS(weir::delay(-1s), refused);
    CHECK_THROWS_AS(weir::delay(1s, 0), refused);
}
