// The quantile sketch, against the quantiles of sorted lists.

#include <weir/aggregates/quantile.hpp>
#include <weir/testing/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

using weir::agg::quantile_sketch;
using weir::testing::seeded_random;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Numbers of many sizes, of both signs, and zeros.
std::vector<double> draw(seeded_random& dice, std::size_t n) {
    std::vector<double> xs;
    while (xs.size() < n) {
        const double size = static_cast<double>(dice.below(2'000'000)) / 1e5 - 10;
        const double x = std::exp(size);
        const auto kind = dice.below(10);
        xs.push_back(kind == 0 ? 0 : kind < 4 ? -x : x);
    }
    return xs;
}

quantile_sketch sketch_of(const std::vector<double>& xs, double accuracy) {
    quantile_sketch s(accuracy, 100'000);
    for (const double x : xs) s.add(x);
    return s;
}

/// The share of quantiles that are further off than they may be.
std::size_t wrong(const quantile_sketch& s, std::vector<double> xs, double accuracy) {
    std::sort(xs.begin(), xs.end());
    std::size_t n = 0;
    for (int percent = 0; percent <= 100; ++percent) {
        const double q = percent / 100.0;
        const double exact = xs[static_cast<std::size_t>(q * static_cast<double>(xs.size() - 1))];
        const double most = accuracy * std::abs(exact) * (1 + 1e-9);
        if (!(std::abs(s.quantile(q) - exact) <= most)) ++n;
    }
    return n;
}

}  // namespace

TEST_CASE("a quantile is off by the accuracy at most") {
    seeded_random dice(1);
    for (const double accuracy : {0.001, 0.01, 0.1}) {
        for (const std::size_t n : std::vector<std::size_t>{1, 2, 100, 3'000}) {
            const auto xs = draw(dice, n);
            CHECK(wrong(sketch_of(xs, accuracy), xs, accuracy) == 0);
        }
    }
}

TEST_CASE("numbers can be taken out again, and sketches be merged") {
    seeded_random dice(2);
    const auto all = draw(dice, 1'000);
    const auto middle = all.begin() + 400;
    const std::vector<double> first(all.begin(), middle);
    const std::vector<double> rest(middle, all.end());
    quantile_sketch s = sketch_of(all, 0.01);
    for (const double x : first) s.remove(x);
    CHECK(s.count() == rest.size());
    CHECK(wrong(s, rest, 0.01) == 0);
    s.merge(sketch_of(first, 0.01));
    CHECK(s.count() == all.size());
    CHECK(wrong(s, all, 0.01) == 0);
}

TEST_CASE("with few buckets the large numbers stay exact, and memory stays bounded") {
    quantile_sketch upward(0.01, 64);
    quantile_sketch downward(0.01, 64);
    for (int i = 1; i <= 1'000; ++i) {
        upward.add(std::pow(1.05, i));
        downward.add(std::pow(1.05, 1'001 - i));
    }
    for (const auto* s : {&upward, &downward}) {
        CHECK(s->quantile(1) == doctest::Approx(std::pow(1.05, 1'000)).epsilon(0.011));
        CHECK(s->quantile(0.99) == doctest::Approx(std::pow(1.05, 990)).epsilon(0.011));
        CHECK(s->quantile(0) > 1.05);  // shares a bucket with others
    }
    for (int i = 1; i <= 1'000; ++i) upward.remove(std::pow(1.05, i));
    CHECK(upward.count() == 0);
    upward.add(5);
    CHECK(upward.count() == 1);
}

TEST_CASE("what is not finite does no harm") {
    quantile_sketch s(0.01, 100'000);
    s.add(std::nan(""));
    CHECK(s.count() == 0);
    s.add(infinity);
    s.add(-infinity);
    s.add(1);
    CHECK(s.quantile(0.5) == doctest::Approx(1).epsilon(0.011));
    CHECK(s.quantile(1) == infinity);
    CHECK(s.quantile(0) == -infinity);
    s.add(std::numeric_limits<double>::denorm_min());
    s.add(std::numeric_limits<double>::max());
    CHECK(s.quantile(0.25) < 1e-300);
    CHECK(s.quantile(0.75) > 1e308);
}
