// How long trades took.

#include <doctest/doctest.h>
#include <weir-enrich/outputs/latencies.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

using namespace weir_enrich;

namespace {

constexpr std::int64_t us = 1'000;
constexpr std::int64_t ms = 1'000 * us;

std::vector<enriched_trade> read_at(std::int64_t time, std::size_t trades = 1) {
    enriched_trade t;
    t.received = time;
    return std::vector(trades, t);
}

/// A hundred trades, 100 us apart, that each took 10 us.
latencies quick() {
    latencies l;
    for (std::int64_t i = 1; i <= 100; ++i) l.add(read_at(i * 100 * us), i * 100 * us + 10 * us);
    return l;
}

doctest::Approx about(double ns) {
    return doctest::Approx(ns).epsilon(0.02);
}

}  // namespace

TEST_CASE("a delay is what has passed from read to written, for each trade of a chunk") {
    latencies l;
    auto run = read_at(1'000, 3);
    run.push_back(read_at(4'000).front());
    l.add(run, 5'000);
    CHECK(l.quantile(0) == about(1'000));
    CHECK(l.quantile(0.5) == about(4'000));
    CHECK(l.quantile(1) == about(4'000));
}

TEST_CASE("where no trade was written there is no delay") {
    CHECK(latencies().quantile(0.99) == 0);
    CHECK(latencies().line() == "p50 0 ns  p99 0 ns  p99.9 0 ns  max 0 ns");
}

TEST_CASE("delays that are shorter than trades are apart count for themselves alone") {
    const latencies l = quick();
    CHECK(l.quantile(0) == about(10 * us));
    CHECK(l.quantile(1) == about(10 * us));
}

TEST_CASE("a longer one counts for those, too, that would have been read meanwhile") {
    latencies l = quick();
    l.add(read_at(101 * 100 * us), 101 * 100 * us + 10 * ms);
    // A hundred short ones, and a hundred from 0.1 to 10 ms.
    CHECK(l.quantile(0.25) == about(10 * us));
    CHECK(l.quantile(0.75) == doctest::Approx(5 * ms).epsilon(0.05));
    CHECK(l.quantile(1) == about(10 * ms));
}

TEST_CASE("of a program that stood still for hours the delays are told at once") {
    latencies l = quick();
    constexpr std::int64_t hours = 3'600'000 * ms;
    l.add(read_at(101 * 100 * us), hours);
    CHECK(l.quantile(0.5) == doctest::Approx(hours / 2).epsilon(0.05));
    CHECK(l.quantile(1) == about(hours));
}
