// What each aggregate says, merged or not, and of the items in a sliding window.

#include <weir/aggregates/count.hpp>
#include <weir/aggregates/detail/sliding_window.hpp>
#include <weir/aggregates/ewma.hpp>
#include <weir/aggregates/extreme.hpp>
#include <weir/aggregates/mean.hpp>
#include <weir/aggregates/quantile.hpp>
#include <weir/aggregates/sum.hpp>
#include <weir/aggregates/variance.hpp>
#include <weir/testing/random.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

using namespace weir::agg;
using weir::testing::seeded_random;

namespace {

template <class A, class T>
A with(A a, std::span<const T> items) {
    for (const T& x : items) a.add(x);
    return a;
}

std::vector<int> some_numbers(std::uint64_t seed, std::size_t n) {
    seeded_random dice(seed);
    std::vector<int> xs;
    while (xs.size() < n) xs.push_back(static_cast<int>(dice.below(2'000)) - 1'000);
    return xs;
}

/// Of two halves merged comes what comes of the whole.
template <class A>
void check_merge(const A& empty) {
    const auto xs = some_numbers(1, 50);
    const std::span<const int> all(xs);
    const auto whole = static_cast<double>(with(empty, all).value());
    for (std::size_t n = 0; n <= xs.size(); n += 10) {
        A merged = with(empty, all.first(n));
        merged.merge(with(empty, all.subspan(n)));
        CHECK(merged.value() == doctest::Approx(whole));
    }
}

/// What a sliding window says is what an aggregate of its items says.
template <class A>
void check_window(const A& empty) {
    const auto xs = some_numbers(2, 300);
    const std::span<const int> all(xs);
    for (const std::size_t n : std::vector<std::size_t>{1, 2, 7, 300}) {
        detail::sliding_window<A, int> window(empty);
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < xs.size(); ++i) {
            if (window.size() == n) window.pop();
            window.push(xs[i]);
            const auto expected = with(empty, all.subspan(i + 1 - window.size(), window.size()));
            const auto seen = static_cast<double>(window.value());
            if (std::abs(seen - static_cast<double>(expected.value())) > 1e-6) ++wrong;
        }
        CHECK(window.size() == n);
        CHECK(wrong == 0);
    }
}

}  // namespace

TEST_CASE("the aggregates say what they are named for") {
    const std::vector<double> xs{2, 4, 4, 4, 5, 5, 7, 9};
    const std::span<const double> all(xs);
    CHECK(with(count(), all).value() == 8);
    CHECK(with(sum(), all).value() == 40);
    CHECK(with(mean(), all).value() == 5);
    CHECK(with(variance(), all).value() == doctest::Approx(32.0 / 7));
    CHECK(with(variance(), all).population() == doctest::Approx(4));
    CHECK(with(variance(), all).deviation() == doctest::Approx(std::sqrt(32.0 / 7)));
    CHECK(with(min(), all).value() == 2);
    CHECK(with(max(), all).value() == 9);
    CHECK(with(ewma(0.5), all.first(3)).value() == 3.5);
    CHECK(with(ewma::half_life(1), all.first(2)).value() == doctest::Approx(3));
}

TEST_CASE("of one item, and of none") {
    const std::vector<double> one{3};
    CHECK(with(variance(), std::span<const double>(one)).value() == 0);
    CHECK(with(ewma(0.1), std::span<const double>(one)).value() == 3);
    CHECK(mean().value() == 0);
    CHECK(variance().value() == 0);
    CHECK(variance().population() == 0);
    CHECK(quantile(0.5).value() == 0);
    CHECK_THROWS_AS(min().value(), std::bad_optional_access);
}

TEST_CASE("min and max keep the first of equal items, and need no numbers") {
    min<std::string> first;
    for (const char* word : {"pear", "apple", "quince"}) first.add(word);
    CHECK(first.value() == "apple");
}

TEST_CASE("mean and variance are stable far from zero") {
    variance spread;
    mean middle;
    for (int i = 0; i < 1'000; ++i) {
        const double x = 1e9 + i % 2;
        spread.add(x);
        middle.add(x);
    }
    CHECK(spread.value() == doctest::Approx(0.25 * 1000 / 999).epsilon(1e-9));
    CHECK(middle.value() == doctest::Approx(1e9 + 0.5).epsilon(1e-15));
}

TEST_CASE("a sum of doubles does not lose what is small") {
    sum total;
    total.add(1.0);
    total.add(1e100);
    total.add(1.0);
    total.add(-1e100);
    CHECK(total.value() == 2);
}

TEST_CASE("merged aggregates say what one of all the items says") {
    check_merge(count());
    check_merge(sum<int>());
    check_merge(sum<double>());
    check_merge(mean());
    check_merge(variance());
    check_merge(min<int>());
    check_merge(max<int>());
    check_merge(quantile(0.9));
}

TEST_CASE("a sliding window says what an aggregate of its items says") {
    check_window(count());
    check_window(sum<int>());
    check_window(sum<double>());
    check_window(mean());
    check_window(variance());
    check_window(min<int>());
    check_window(max<int>());
    check_window(quantile(0.5));
}

TEST_CASE("a large number that has left a window has taken nothing along") {
    detail::sliding_window<sum<float>, float> window{sum<float>()};
    for (const float x : {1e30f, 1.0f, 2.0f}) window.push(x);
    window.pop();
    CHECK(window.value() == 3);
}

TEST_CASE("parameters that mean nothing are refused") {
    CHECK_THROWS_AS(ewma(0), std::invalid_argument);
    CHECK_THROWS_AS(ewma(1.1), std::invalid_argument);
    CHECK_THROWS_AS(ewma(std::nan("")), std::invalid_argument);
    CHECK_THROWS_AS(ewma::half_life(0), std::invalid_argument);
    CHECK_THROWS_AS(quantile(-0.1), std::invalid_argument);
    CHECK_THROWS_AS(quantile(std::nan("")), std::invalid_argument);
    CHECK_THROWS_AS(quantile_sketch(0), std::invalid_argument);
    CHECK_THROWS_AS(quantile_sketch(1), std::invalid_argument);
    CHECK_THROWS_AS(quantile_sketch(0.01, 0), std::invalid_argument);
    quantile_sketch fine(0.01);
    CHECK_THROWS_AS(fine.merge(quantile_sketch(0.02)), std::invalid_argument);
}
