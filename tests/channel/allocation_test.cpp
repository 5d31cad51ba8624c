// What crossing a boundary costs in memory: nothing, once it runs.

#include <weir/operators/buffer.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>

#include <doctest/doctest.h>
#include <support/allocation_count.hpp>

#include <functional>
#include <ranges>

#if WEIR_COUNTS_ALLOCATIONS

using namespace weir::testing;

namespace {

// How many allocations a pipeline of n items makes in all, over one context.
std::size_t allocations(std::size_t n, std::size_t capacity) {
    asio::io_context io(1);
    const std::size_t before = allocation_count();
    const auto seen =
        run(io, weir::from_range(std::views::iota(std::size_t{0}, n)) | weir::buffer(capacity) |
                    weir::fold(std::size_t{0}, std::plus<>()));
    CHECK(seen == n * (n - 1) / 2);
    return allocation_count() - before;
}

}  // namespace

TEST_CASE("neither an item that crosses a buffer nor a wake-up costs an allocation") {
    for (const std::size_t capacity : {1u, 2u, 64u, 1024u}) {
        CAPTURE(capacity);
        // Which of Asio's recycled memory is at hand differs by a few from run to run.
        CHECK(allocations(100'000, capacity) < allocations(1'000, capacity) + 10);
    }
}

TEST_CASE("nor does an item that crosses between two threads") {
    // How often the two sides wait for each other differs from run to run, and so does which thread
    // has memory of Asio's at hand; what does not is that it has nothing to do with the items.
    weir::runtime threads(2);
    constexpr std::size_t n = 1'000'000;
    for (const std::size_t capacity : {2u, 1024u}) {
        CAPTURE(capacity);
        const std::size_t before = allocation_count();
        threads.run(weir::from_range(std::views::iota(std::size_t{0}, n)) | weir::buffer(capacity) |
                    weir::count());
        CHECK(allocation_count() - before < 1'000);
    }
}

#endif
