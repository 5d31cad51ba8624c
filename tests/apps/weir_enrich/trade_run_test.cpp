// Runs of trades, which go round.

#include <weir/runtime/runtime.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>
#include <weir-enrich/encoder.hpp>
#include <weir-enrich/in_runs.hpp>
#include <weir-enrich/trade_run.hpp>

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

constexpr std::size_t ready = run_pool::ready;

owned_run filled(run_pool& from, std::uint64_t trades) {
    owned_run run = from.take();
    for (std::uint64_t id = 1; id <= trades; ++id) {
        enriched_trade t;
        t.trade_id = id;
        run->trades.push_back(t);
    }
    return run;
}

/// Those that are at hand, all at once.
std::set<const trade_run*> first_of(run_pool& pool, std::size_t n) {
    std::vector<owned_run> held;
    std::set<const trade_run*> seen;
    for (std::size_t i = 0; i != n; ++i) seen.insert(held.emplace_back(pool.take()).get());
    return seen;
}

/// The sizes of the runs, of at most two, that trades are gathered in; and how it ends.
std::pair<std::vector<std::size_t>, std::exception_ptr> gathered(
    const weir::testing::script<enriched_trade>& trades) {
    std::vector<std::size_t> sizes;
    texts borrowed;
    run_counts counts;
    weir::runtime rt(1);
    try {
        rt.run(trades.stream() |
               in_runs(std::make_shared<run_pool>(2), borrowed, fit_to_write(counts, false)) |
               weir::for_each([&](const owned_run& run) { sizes.push_back(run->trades.size()); }));
    } catch (...) {
        return {sizes, std::current_exception()};
    }
    return {sizes, nullptr};
}

}  // namespace

TEST_CASE("runs go round by turns, and come back empty, with their memory") {
    const auto pool = std::make_shared<run_pool>(8);
    encoder encode({format::json_lines});
    std::vector<const enriched_trade*> trades;
    std::vector<const char*> bytes;
    std::vector<std::size_t> sizes;
    for (std::size_t i = 0; i != 2 * ready; ++i) {
        const shared_run run = encode(filled(*pool, 8));
        CHECK(run->trades.size() == 8);
        trades.push_back(run->trades.data());
        bytes.push_back(run->bytes.front().data());
        sizes.push_back(run->bytes.front().size());
    }
    for (std::size_t i = 0; i != ready; ++i) {
        CHECK(trades[i] == trades[i + ready]);
        CHECK(bytes[i] == bytes[i + ready]);
    }
    CHECK(std::set(trades.begin(), trades.end()).size() == ready);
    CHECK(std::set(sizes.begin(), sizes.end()).size() == 1);
}

TEST_CASE("a run that many have comes back when the last of them has let go") {
    const auto pool = std::make_shared<run_pool>(8);
    shared_run one = filled(*pool, 3);
    shared_run other = one;
    const trade_run* const run = one.get();
    one.reset();
    CHECK(!first_of(*pool, ready - 1).contains(run));
    CHECK(other->trades.size() == 3);
    other.reset();
    CHECK(first_of(*pool, ready).contains(run));
}

TEST_CASE("trades go on in runs of what is ready at once, and of so many at most") {
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

TEST_CASE("the bytes of a run have room for as many trades as it, of the largest so far") {
    const auto pool = std::make_shared<run_pool>(8);
    encoder encode({format::json_lines});
    const std::size_t one = encode(filled(*pool, 1))->bytes.front().size();
    CHECK(encode(filled(*pool, 1))->bytes.front().capacity() >= 8 * one);
}

TEST_CASE("a trade out of the ordinary does not make all runs as large") {
    const auto pool = std::make_shared<run_pool>(8);
    encoder encode({format::json_lines});
    const std::string name(1 << 20, 'x');
    owned_run large = filled(*pool, 1);
    large->trades.front().account_name = name;
    CHECK(encode(std::move(large))->bytes.front().size() > name.size());
    CHECK(encode(filled(*pool, 1))->bytes.front().capacity() < name.size());
}

TEST_CASE("as many runs as one place needs are there from the beginning, with all their memory") {
    const auto pool = std::make_shared<run_pool>(8);
    const auto all = first_of(*pool, ready);
    CHECK(all.size() == ready);
    for (const trade_run* run : all) CHECK(run->trades.capacity() == 8);
    CHECK(first_of(*pool, ready) == all);
}

TEST_CASE("who needs more runs has them made, and they stay") {
    const auto pool = std::make_shared<run_pool>(8);
    const auto more = first_of(*pool, 3 * ready);
    CHECK(more.size() == 3 * ready);
    CHECK(first_of(*pool, 3 * ready) == more);
}

TEST_CASE("a run may live longer than whoever made the pool") {
    auto pool = std::make_shared<run_pool>(8);
    const owned_run run = filled(*pool, 2);
    pool.reset();
    CHECK(run->trades.size() == 2);
}
