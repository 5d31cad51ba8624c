// batch by count or time, on a clock that is moved by hand.

#include <weir/operators/batch.hpp>
#include <weir/operators/map.hpp>
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
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;

namespace {

using batches = std::vector<std::vector<int>>;

// A pipeline that batches by 3 or 50 ms, and what has come out of it.
struct fixture : scripted {
    batches seen;
    std::shared_ptr<outcome<void>> result;

    fixture() {
        auto collect = [this](std::vector<int> x) { seen.push_back(std::move(x)); };
        result = start(io, source.stream() | weir::batch(3, 50ms) | weir::for_each(collect));
        settle(io);
    }
};

}  // namespace

TEST_CASE("batch by time behaves as batch by count as long as time stands still") {
    auto all = [](std::vector<move_only> xs) {
        std::string s;
        for (const move_only& x : xs) s += std::to_string(x.value());
        return s;
    };
    examine({.apply =
                 [all](weir::any_stream<move_only> s, probe) {
                     return std::move(s) | weir::batch(2, std::chrono::hours(1)) | weir::map(all);
                 },
             .input = {1, 2, 3, 4, 5},
             .expected = {"12", "34", "5"},
             .before_failure = std::vector<std::string>{"12", "34"},
             .filtered = {},
             .stage = {}});
}

TEST_CASE("a partial batch goes on when its time has come, and not before") {
    fixture f;
    f.give({1, 2});
    f.advance(50ms - 1ns);
    CHECK(f.seen.empty());
    f.advance(1ns);
    CHECK(f.seen == batches{{1, 2}});
}

TEST_CASE("the time of a batch counts from its first items") {
    fixture f;
    f.advance(1h);
    f.give({1});
    f.advance(30ms);
    f.give({2});
    f.advance(20ms - 1ns);
    CHECK(f.seen.empty());
    f.advance(1ns);
    CHECK(f.seen == batches{{1, 2}});
}

TEST_CASE("a full batch goes on at once, and the next one has its own time") {
    fixture f;
    f.give({1, 2});
    f.advance(40ms);
    f.give({3, 4});
    CHECK(f.seen == batches{{1, 2, 3}});
    f.advance(10ms);  // what the first batch would have waited for
    CHECK(f.seen.size() == 1);
    f.advance(40ms - 1ns);
    CHECK(f.seen.size() == 1);
    f.advance(1ns);
    CHECK(f.seen == batches{{1, 2, 3}, {4}});
}

TEST_CASE("no time passes into an empty batch") {
    fixture f;
    f.advance(1h);
    CHECK(f.seen.empty());
    CHECK(f.time->sleepers() == 0);
    f.give({1, 2, 3});
    f.advance(1h);
    CHECK(f.seen == batches{{1, 2, 3}});
    f.source.end();
    settle(f.io);
    CHECK(f.result->done);
}
