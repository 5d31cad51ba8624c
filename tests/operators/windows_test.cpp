// running, tumbling and sliding: the exam, seeds, and windows of time on a clock moved by hand.

#include <weir/aggregates/count.hpp>
#include <weir/aggregates/extreme.hpp>
#include <weir/aggregates/mean.hpp>
#include <weir/aggregates/quantile.hpp>
#include <weir/aggregates/sum.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/running.hpp>
#include <weir/operators/sliding.hpp>
#include <weir/operators/tumbling.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/probe_sink.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/items.hpp>
#include <support/scripted.hpp>
#include <support/trial.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;
namespace agg = weir::agg;

namespace {

using in = weir::any_stream<move_only>;
using ints = std::vector<int>;
using numbers = weir::any_stream<int>;

/// Windows of move-only items, by what their probe says.
operator_exam exam_of(std::function<numbers(in, std::function<int(const move_only&)>)> apply) {
    operator_exam exam;
    exam.apply = [apply](in s, probe call) {
        auto value = [call](const move_only& x) { return call(), x.value(); };
        return apply(std::move(s), value) | weir::map([](int x) { return std::to_string(x); });
    };
    exam.input = {3, 1, 4, 1, 5};
    return exam;
}

// An operator on scripted numbers, and the time in the test's hands.
struct fixture : scripted {
    probe_sink<int> out;

    template <class Op>
    explicit fixture(Op op, script<int> s = {})
        : scripted(s), out(io, numbers(s.stream() | std::move(op))) {
        out.expect_nothing();
    }
};

/// Sums of the windows that `bounds` says: of item i, the items from bounds(i) to i.
trial sums(std::string name, std::function<numbers(in)> apply,
           std::function<ints(const ints&)> model) {
    return {.name = std::move(name),
            .apply =
                [apply](in s, seeded_context&) {
                    return apply(std::move(s)) | weir::map([](int x) { return move_only(x); });
                },
            .model = [model](const ints& xs) { return forecast{model(xs), false}; },
            .drops_on_failure = true};
}

int value_of(const move_only& x) {
    return x.value();
}

trial tumbling_trial(seeded_random& dice) {
    const std::size_t n = 1 + dice.below(4);
    return sums(
        "tumbling",
        [n](in s) { return std::move(s) | weir::tumbling(n, agg::sum<int>(), value_of); },
        [n](const ints& xs) {
            ints out;
            for (std::size_t i = 0; i < xs.size(); i += n) {
                const auto first = xs.begin() + static_cast<std::ptrdiff_t>(i);
                const auto size = std::min(n, xs.size() - i);
                out.push_back(std::accumulate(first, first + static_cast<std::ptrdiff_t>(size), 0));
            }
            return out;
        });
}

trial sliding_trial(seeded_random& dice) {
    const std::size_t n = 1 + dice.below(4);
    return sums(
        "sliding", [n](in s) { return std::move(s) | weir::sliding(n, agg::max<int>(), value_of); },
        [n](const ints& xs) {
            ints out;
            for (std::size_t i = 0; i < xs.size(); ++i) {
                const auto last = xs.begin() + static_cast<std::ptrdiff_t>(i + 1);
                const auto size = static_cast<std::ptrdiff_t>(std::min(n, i + 1));
                out.push_back(*std::max_element(last - size, last));
            }
            return out;
        });
}

}  // namespace

TEST_CASE("running passes on the aggregate of all items so far") {
    auto exam = exam_of([](in s, auto value) {
        return std::move(s) | weir::running(agg::sum<int>(), value, "exam");
    });
    exam.expected = {"3", "4", "8", "9", "14"};
    exam.stage = "running 'exam'";
    examine(exam);
}

TEST_CASE("tumbling by count passes on one aggregate a window, the last one of what is left") {
    auto exam = exam_of([](in s, auto value) {
        return std::move(s) | weir::tumbling(2, agg::sum<int>(), value, "exam");
    });
    exam.expected = {"4", "5", "5"};
    exam.before_failure = std::vector<std::string>{"4", "5"};
    exam.stage = "tumbling 'exam'";
    examine(exam);
}

TEST_CASE("tumbling by time passes on one window at the end when time stands still") {
    auto exam = exam_of([](in s, auto value) {
        return std::move(s) | weir::tumbling(1h, agg::sum<int>(), value, "exam");
    });
    exam.expected = {"14"};
    exam.before_failure.emplace();
    exam.stage = "tumbling 'exam'";
    examine(exam);
}

TEST_CASE("sliding passes on the aggregate of the last items, by count or by time") {
    for (const bool timed : {false, true}) {
        auto exam = exam_of([timed](in s, auto value) -> numbers {
            if (timed) return std::move(s) | weir::sliding(1h, 2, agg::max<int>(), value, "exam");
            return std::move(s) | weir::sliding(2, agg::max<int>(), value, "exam");
        });
        exam.expected = {"3", "3", "4", "4", "5"};
        exam.stage = "sliding 'exam'";
        examine(exam);
    }
}

TEST_CASE("a window of time closes at its end, and not before") {
    fixture f(weir::tumbling(100ms, agg::sum<int>()));
    f.advance(30ms);
    f.give({1, 2});
    f.advance(70ms - 1ns);
    f.out.expect_nothing();
    f.give({3});
    f.advance(1ns);
    f.out.expect(6);
    f.advance(250ms);  // windows in which nothing came
    f.out.expect_nothing();
    CHECK(f.time->sleepers() == 0);
    f.give({4});
    f.advance(50ms - 1ns);
    f.out.expect_nothing();
    f.advance(1ns);
    f.out.expect(4);
    f.give({5});
    f.source.end();
    f.out.expect(5);
    f.out.expect_end();
}

TEST_CASE("an item leaves a sliding window of time when it is as old as that") {
    fixture f(weir::sliding(100ms, 3, agg::sum<int>()));
    f.give({1});
    f.out.expect(1);
    f.advance(100ms - 1ns);
    f.give({2});
    f.out.expect(3);
    f.advance(1ns);
    f.give({4});
    f.out.expect(6);
    f.give({8});
    f.out.expect(14);
    f.give({16});
    f.out.expect(28);  // no more than three
}

TEST_CASE("aggregates of several kinds in each window") {
    const auto of = [](auto op) {
        return run(weir::from_range(std::vector{1.0, 2.0, 6.0}) | std::move(op) |
                   weir::to<std::vector>());
    };
    CHECK(of(weir::running(agg::mean())) == std::vector<double>{1, 1.5, 3});
    CHECK(of(weir::sliding(2, agg::mean())) == std::vector<double>{1, 1.5, 4});
    CHECK(of(weir::tumbling(2, agg::count())) == std::vector<std::uint64_t>{2, 1});
    CHECK(of(weir::sliding(2, agg::min())) == std::vector<double>{1, 1, 2});
    const auto medians = of(weir::running(agg::quantile(0.5)));
    CHECK(medians.back() == doctest::Approx(2).epsilon(0.011));
}

TEST_CASE("windows keep their promises under 1,000 seeds") {
    for (const auto make : {tumbling_trial, sliding_trial}) {
        CHECK_NOTHROW(try_under_seeds(1'000, make));
    }
}

TEST_CASE("windows of nothing are refused") {
    using refused = std::invalid_argument;
    CHECK_THROWS_WITH_AS(weir::tumbling(0, agg::count()),
                         "weir::tumbling: a window must have at least 1 item", refused);
    CHECK_THROWS_WITH_AS(weir::tumbling(0s, agg::count()),
                         "weir::tumbling: the period must be positive", refused);
    CHECK_THROWS_WITH_AS(weir::sliding(0, agg::count()),
                         "weir::sliding: a window must have at least 1 item", refused);
    CHECK_THROWS_AS(weir::sliding(0s, 1, agg::count()), refused);
    CHECK_THROWS_AS(weir::sliding(1s, 0, agg::count()), refused);
}
