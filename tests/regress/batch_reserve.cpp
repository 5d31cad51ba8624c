// batch reserved its whole size for the first item: a size that only says "by time, please" threw
// std::length_error, and a merely generous one took all the memory.

#include <weir/operators/batch.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;

TEST_CASE("a batch of unbounded size goes by time alone") {
    asio::io_context io;
    auto time = virtual_clock::install(io);
    script<int> source;
    std::vector<std::vector<int>> seen;
    auto collect = [&seen](std::vector<int> x) { seen.push_back(std::move(x)); };
    auto by_time = weir::batch(std::size_t(-1), 50ms);
    auto result = start(io, source.stream() | by_time | weir::for_each(collect));
    source.give({1, 2, 3});
    settle(io);
    time->advance(50ms);
    settle(io);
    CHECK_FALSE(result->done);
    CHECK(seen == std::vector<std::vector<int>>{{1, 2, 3}});
}
