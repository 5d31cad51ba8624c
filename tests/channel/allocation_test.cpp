// What crossing a boundary costs in memory: nothing, once it runs.

#include <weir/operators/buffer.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sources/from_range.hpp>

#include <doctest/doctest.h>
#include <support/allocation_count.hpp>
#include <support/drive.hpp>

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

TEST_CASE("an item that crosses a buffer costs no allocation, and a wake-up costs a few") {
    for (const std::size_t capacity : {1u, 2u, 64u, 1024u}) {
        CAPTURE(capacity);
        constexpr std::size_t few = 1'000;
        constexpr std::size_t many = 100'000;
        const std::size_t more = allocations(many, capacity) - allocations(few, capacity);
        // On one thread each side runs till the channel is full, or empty, and then wakes the
        // other.
        const std::size_t wake_ups = 2 * (many - few) / capacity;
        CHECK(more <= 6 * wake_ups);  // what Asio allocates to post a turn
    }
}

TEST_CASE("an item that crosses between two threads costs no allocation of its own") {
    // How often the two sides wait for each other differs from run to run; how often they can is
    // bounded: the sender shows its items in runs of 64, the receiver gives room back by quarters.
    weir::runtime threads(2);
    constexpr std::size_t n = 1'000'000;
    constexpr std::size_t capacity = 1024;
    constexpr std::size_t most_wake_ups = n / 64 + n / (capacity / 4);
    const std::size_t before = allocation_count();
    threads.run(weir::from_range(std::views::iota(std::size_t{0}, n)) | weir::buffer(capacity) |
                weir::count());
    CHECK(allocation_count() - before < 6 * most_wake_ups);  // what Asio allocates to post a turn
}

#endif
