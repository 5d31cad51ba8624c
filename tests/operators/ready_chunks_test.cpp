// ready_chunks: what is ready at once, in vectors.

#include <weir/operators/map.hpp>
#include <weir/operators/ready_chunks.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/items.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace weir::testing;
using in = weir::any_stream<move_only>;

namespace {

std::string text(std::vector<move_only> chunk) {
    std::string s;
    for (const move_only& x : chunk) s += std::to_string(x.value());
    return s;
}

/// Plays a script, and returns the sizes of the chunks of at most `max_items`.
std::vector<std::size_t> sizes_of(const script<int>& items, std::size_t max_items) {
    std::vector<std::size_t> sizes;
    auto note = [&sizes](const std::vector<int>& chunk) { sizes.push_back(chunk.size()); };
    asio::io_context io;
    const auto over =
        start(io, items.stream() | weir::ready_chunks(max_items) | weir::for_each(note));
    settle(io);
    CHECK(over->done);
    return sizes;
}

}  // namespace

TEST_CASE("ready_chunks passes on all items in order, in chunks that are not too large") {
    // One by one, so that the chunks are the same whether or not the input suspends.
    examine({.apply = [](in s,
                         probe) { return std::move(s) | weir::ready_chunks(1) | weir::map(text); },
             .input = {1, 2, 3},
             .expected = {"1", "2", "3"},
             .before_failure = {},
             .filtered = {},
             .stage = {}});
}

TEST_CASE("a chunk is what is ready at once, and of so many items at most") {
    script<int> items;
    items.give({1, 2}).pause().give({3}).pause().give({4, 5, 6, 7, 8}).end();
    CHECK(sizes_of(items, 3) == std::vector<std::size_t>{2, 1, 3, 2});
}

TEST_CASE("no chunk is empty, and none waits to be full") {
    script<int> items;
    items.pause().pause().give({1}).pause().end();
    CHECK(sizes_of(items, 100) == std::vector<std::size_t>{1});
}

TEST_CASE("items that are ready before a failure are passed on before it") {
    script<int> items;
    items.give({1, 2, 3}).fail();
    CHECK(sizes_of(items, 2) == std::vector<std::size_t>{2, 1});
}

TEST_CASE("ready_chunks refuses a size of 0") {
    CHECK_THROWS_AS(weir::ready_chunks(0), std::invalid_argument);
}
