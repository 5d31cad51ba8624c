// What parallel costs in memory: nothing, once its runs have grown.

#include <weir/operators/parallel.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>

#include <doctest/doctest.h>
#include <support/allocation_count.hpp>

#include <cstddef>
#include <functional>
#include <ranges>

#if WEIR_COUNTS_ALLOCATIONS

using namespace weir::testing;

namespace {

std::size_t same(std::size_t x) {
    return x;
}

// How many allocations a pipeline of n items makes in all.
std::size_t allocations(std::size_t n) {
    asio::io_context io(1);
    const std::size_t before = allocation_count();
    const auto seen =
        run(io, weir::from_range(std::views::iota(std::size_t{0}, n)) | weir::parallel(2, same) |
                    weir::fold(std::size_t{0}, std::plus<>()));
    CHECK(seen == n * (n - 1) / 2);
    return allocation_count() - before;
}

}  // namespace

// A thousand runs more, or many more where this machine is slow. How far the runs grow is up to it,
// too: 8 of them, each doubled at most 13 times on the way there and back.
TEST_CASE("neither an item nor a run of items costs parallel an allocation") {
    const std::size_t growth = 2 * 8 * 13;
    const std::size_t few = allocations(10'000);
    CHECK(allocations(4'000'000) <= few + growth);
}

#endif
