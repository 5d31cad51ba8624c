// Chunks of trades, which are reused.

#include <weir/runtime/runtime.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>
#include <weir-enrich/outputs/encoder.hpp>
#include <weir-enrich/outputs/pooled_chunks.hpp>
#include <weir-enrich/outputs/trade_chunk.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace weir_enrich;

namespace {

constexpr std::size_t ready = chunk_pool::ready;

owned_chunk filled(chunk_pool& from, std::uint64_t trades) {
    owned_chunk chunk = from.take();
    for (std::uint64_t id = 1; id <= trades; ++id) {
        enriched_trade t;
        t.trade_id = id;
        chunk->trades.push_back(t);
    }
    return chunk;
}

/// Those that are at hand, all at once.
std::set<const trade_chunk*> first_of(chunk_pool& pool, std::size_t n) {
    std::vector<owned_chunk> held;
    std::set<const trade_chunk*> seen;
    for (std::size_t i = 0; i != n; ++i) seen.insert(held.emplace_back(pool.take()).get());
    return seen;
}

/// The sizes of the chunks, of at most two trades, and how the stream ends.
std::pair<std::vector<std::size_t>, std::exception_ptr> gathered(
    const weir::testing::script<enriched_trade>& trades) {
    std::vector<std::size_t> sizes;
    string_pool borrowed;
    run_counts counts;
    weir::runtime rt(1);
    try {
        rt.run(trades.stream() |
               pooled_chunks(std::make_shared<chunk_pool>(2), borrowed,
                             writable_check(counts, false)) |
               weir::for_each(
                   [&](const owned_chunk& chunk) { sizes.push_back(chunk->trades.size()); }));
    } catch (...) {
        return {sizes, std::current_exception()};
    }
    return {sizes, nullptr};
}

}  // namespace

TEST_CASE("chunks are used in turn, and come back empty, with their memory") {
    const auto pool = std::make_shared<chunk_pool>(8);
    encoder encode({format::json_lines});
    std::vector<const enriched_trade*> trades;
    std::vector<const char*> bytes;
    std::vector<std::size_t> sizes;
    for (std::size_t i = 0; i != 2 * ready; ++i) {
        const shared_chunk chunk = encode(filled(*pool, 8));
        CHECK(chunk->trades.size() == 8);
        trades.push_back(chunk->trades.data());
        bytes.push_back(chunk->bytes.front().data());
        sizes.push_back(chunk->bytes.front().size());
    }
    for (std::size_t i = 0; i != ready; ++i) {
        CHECK(trades[i] == trades[i + ready]);
        CHECK(bytes[i] == bytes[i + ready]);
    }
    CHECK(std::set(trades.begin(), trades.end()).size() == ready);
    CHECK(std::set(sizes.begin(), sizes.end()).size() == 1);
}

TEST_CASE("a shared chunk comes back when its last owner is gone") {
    const auto pool = std::make_shared<chunk_pool>(8);
    shared_chunk one = filled(*pool, 3);
    shared_chunk other = one;
    const trade_chunk* const chunk = one.get();
    one.reset();
    CHECK(!first_of(*pool, ready - 1).contains(chunk));
    CHECK(other->trades.size() == 3);
    other.reset();
    CHECK(first_of(*pool, ready).contains(chunk));
}

TEST_CASE("trades go on in chunks of what is ready at once, and of so many at most") {
    weir::testing::script<enriched_trade> trades;
    const enriched_trade t;
    trades.give({t, t, t}).pause().give({t, t}).end();
    const auto [sizes, error] = gathered(trades);
    CHECK(sizes == std::vector<std::size_t>{2, 1, 2});
    CHECK(!error);
}

TEST_CASE("trades that came before a failure go on") {
    weir::testing::script<enriched_trade> trades;
    const enriched_trade t;
    trades.give({t, t, t}).fail();
    const auto [sizes, error] = gathered(trades);
    CHECK(sizes == std::vector<std::size_t>{2, 1});
    CHECK_THROWS_AS(std::rethrow_exception(error), weir::testing::source_error);
}

TEST_CASE("the bytes of a chunk have room for as many trades as it, of the largest so far") {
    const auto pool = std::make_shared<chunk_pool>(8);
    encoder encode({format::json_lines});
    const std::size_t one = encode(filled(*pool, 1))->bytes.front().size();
    CHECK(encode(filled(*pool, 1))->bytes.front().capacity() >= 8 * one);
}

TEST_CASE("an unusually large trade does not make all chunks as large") {
    const auto pool = std::make_shared<chunk_pool>(8);
    encoder encode({format::json_lines});
    const std::string name(1 << 20, 'x');
    owned_chunk large = filled(*pool, 1);
    large->trades.front().account_name = name;
    CHECK(encode(std::move(large))->bytes.front().size() > name.size());
    CHECK(encode(filled(*pool, 1))->bytes.front().capacity() < name.size());
}

TEST_CASE(
    "as many chunks as one output needs are there from the beginning, with all their memory") {
    const auto pool = std::make_shared<chunk_pool>(8);
    const auto all = first_of(*pool, ready);
    CHECK(all.size() == ready);
    for (const trade_chunk* chunk : all) CHECK(chunk->trades.capacity() == 8);
    CHECK(first_of(*pool, ready) == all);
}

TEST_CASE("more chunks are made when they are needed, and they stay") {
    const auto pool = std::make_shared<chunk_pool>(8);
    const auto more = first_of(*pool, 3 * ready);
    CHECK(more.size() == 3 * ready);
    CHECK(first_of(*pool, 3 * ready) == more);
}

TEST_CASE("a chunk may live longer than the other owners of its pool") {
    auto pool = std::make_shared<chunk_pool>(8);
    const owned_chunk chunk = filled(*pool, 2);
    pool.reset();
    CHECK(chunk->trades.size() == 2);
}
