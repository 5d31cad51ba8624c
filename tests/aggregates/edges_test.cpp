// What aggregates of numbers make of NaN, infinities and the largest numbers; of equal items in
// sliding windows; and of one far from all others.

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
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <vector>

using namespace weir::agg;

namespace {

using limits = std::numeric_limits<double>;
constexpr double inf = limits::infinity();
constexpr double none = limits::quiet_NaN();
constexpr double largest = limits::max();

template <class A>
A with(A a, std::initializer_list<double> xs) {
    for (const double x : xs) a.add(x);
    return a;
}

/// What comes of two halves merged, whatever the halves are, is what comes of the whole.
template <class A>
double merged(const A& empty, std::initializer_list<double> xs) {
    const double whole = with(empty, xs).value();
    for (std::size_t n = 0; n <= xs.size(); ++n) {
        A first = empty;
        A second = empty;
        std::size_t i = 0;
        for (const double x : xs) (i++ < n ? first : second).add(x);
        first.merge(second);
        if (std::isnan(whole)) {
            CHECK(std::isnan(first.value()));
        } else {
            CHECK(first.value() == whole);
        }
    }
    return whole;
}

/// What a window of `n` says after each.
template <class A>
std::vector<double> sliding(const A& empty, std::size_t n, std::initializer_list<double> xs) {
    detail::sliding_window<A, double> window(empty);
    std::vector<double> said;
    for (const double x : xs) {
        if (window.size() == n) window.pop();
        window.push(x);
        said.push_back(window.value());
    }
    return said;
}

struct offer {
    int price;
    int number;
};
struct cheaper {
    bool operator()(const offer& a, const offer& b) const { return a.price < b.price; }
};

}  // namespace

TEST_CASE("a NaN is left out, by all alike and wherever it comes") {
    CHECK(merged(sum(), {none, 1, none, 2}) == 3);
    CHECK(merged(mean(), {none, 1, none, 3}) == 2);
    CHECK(with(mean(), {none, 1, none, 3}).count() == 2);
    CHECK(merged(variance(), {none, 1, none, 3}) == 2);
    CHECK(with(variance(), {none, 1}).count() == 1);
    CHECK(with(ewma(0.5), {none, 1, none, 3}).value() == 2);
    CHECK(merged(weir::agg::min(), {none, 1, none, 2}) == 1);
    CHECK(merged(weir::agg::max(), {1, none, 2, none}) == 2);
    CHECK(merged(quantile(1), {none, 1, none}) == doctest::Approx(1).epsilon(0.01));
    CHECK(with(sum<int>(), {none, 2}).value() == 2);
    CHECK(with(count(), {none, 2}).value() == 2);
}

TEST_CASE("of NaN alone comes what comes of nothing, but min and max have something to say") {
    CHECK(merged(sum(), {none}) == 0);
    CHECK(merged(mean(), {none}) == 0);
    CHECK(merged(variance(), {none, none}) == 0);
    CHECK(with(ewma(1), {none}).value() == 0);
    CHECK(std::isnan(merged(weir::agg::min(), {none, none})));
}

TEST_CASE("an infinity is a number like others, until the other one comes") {
    CHECK(merged(sum(), {1, inf, 2}) == inf);
    CHECK(merged(sum(), {-inf, 1}) == -inf);
    CHECK(std::isnan(merged(sum(), {inf, 1, -inf})));
    CHECK(merged(mean(), {inf, 1, inf}) == inf);
    CHECK(merged(mean(), {1, -inf}) == -inf);
    CHECK(std::isnan(merged(mean(), {inf, -inf, 1})));
    CHECK(std::isnan(merged(variance(), {inf, 1})));
    CHECK(with(variance(), {inf, 1}).mean() == inf);
    CHECK(with(ewma(0.1), {1, inf, 1, 1}).value() == inf);
    CHECK(std::isnan(with(ewma(0.1), {1, inf, -inf, 1}).value()));
    CHECK(merged(weir::agg::min(), {1, -inf, 2}) == -inf);
    CHECK(merged(weir::agg::max(), {1, inf, 2}) == inf);
    CHECK(merged(quantile(1), {1, inf, 2}) == inf);
}

TEST_CASE("it takes nothing along when it leaves a window") {
    CHECK(sliding(sum(), 2, {1, inf, 2, 3, 4}) == std::vector<double>{1, inf, inf, 5, 7});
    CHECK(sliding(mean(), 2, {1, inf, 2, 4}) == std::vector<double>{1, inf, inf, 3});
    CHECK(sliding(weir::agg::min(), 3, {5, none, 4, 7, 8, none, 9, 10, 11}) ==
          std::vector<double>{5, 5, 4, 4, 4, 7, 8, 9, 9});
    CHECK(sliding(weir::agg::max(), 2, {none, 1, none, 0}).back() == 0);
}

TEST_CASE("what is finite comes out, though what leads to it is not") {
    CHECK(merged(sum(), {largest, largest, -largest}) == largest);
    CHECK(merged(sum(), {-largest, -largest, -largest, largest, largest}) == -largest);
    CHECK(merged(sum(), {largest, largest}) == inf);
    CHECK(with(sum<float>(), {3e38, 3e38, -3e38}).value() == 3e38f);
    CHECK(merged(mean(), {largest, -largest}) == 0);
    CHECK(with(mean(), {-largest, largest, largest}).value() == doctest::Approx(largest / 3));
    CHECK(with(mean(), {largest, largest, largest}).value() == largest);
    CHECK(with(ewma(0.5), {largest, -largest}).value() == 0);
    CHECK(with(variance(), {largest, -largest}).value() == inf);
    CHECK(with(variance(), {largest, -largest}).mean() == 0);
    CHECK(merged(variance(), {1e200, 1e200}) == 0);
}

TEST_CASE("with alpha 1 an average is its last item") {
    CHECK(with(ewma(1), {1e20, 1}).value() == 1);
    CHECK(with(ewma(1), {1e20, 1, 2}).value() == 2);
    CHECK(with(ewma(1), {inf, 1}).value() == 1);
    CHECK(with(ewma(1), {largest, -largest}).value() == -largest);
    CHECK(with(ewma(0.5), {0.1, 0.1, 0.1}).value() == 0.1);
}

TEST_CASE("of equal items the first stays, in a sliding window too") {
    detail::sliding_window<extreme<offer, cheaper>, offer> window{extreme<offer, cheaper>()};
    for (int i = 0; i != 20; ++i) {
        if (window.size() == 3) window.pop();
        window.push(offer{5, i});
        CHECK(window.value().number == (i < 3 ? 0 : i - 2));
    }
}

TEST_CASE("a quantile is as accurate as it was asked to be, however fine that is") {
    for (const double accuracy : {0.01, 0.001, 1e-5, 1e-9, 1e-17}) {
        for (const double q : {0.001, 0.1, 0.5, 0.999}) {
            quantile x(q, accuracy);
            for (int i = 1; i <= 5'000; ++i) x.add(i);
            const double right = 1 + static_cast<int>(q * 4'999);
            CHECK(std::abs(x.value() - right) <= accuracy * right);
        }
    }
    quantile exact(0.5, 1e-17);
    for (const double x : {5.1, 1e-300, 7.0, -3.0, 0.0}) exact.add(x);
    CHECK(exact.value() == 1e-300);
    exact.remove(1e-300);
    exact.remove(-3.0);
    CHECK(exact.value() == 5.1);
    quantile bounds(0.5, 0.001);
    for (int i = 0; i != 3; ++i) bounds.add(largest);
    CHECK(bounds.value() / largest == doctest::Approx(1).epsilon(0.001));
    quantile_sketch many;
    many.add(5.0, std::uint64_t{1} << 60);
    CHECK(many.quantile(1) == doctest::Approx(5).epsilon(0.01));
    quantile_sketch unlimited(0.01, std::size_t(-1));
    for (const double x : {1.0, 10.0, 100.0}) unlimited.add(x);
    CHECK(unlimited.quantile(0.5) == doctest::Approx(10).epsilon(0.01));
}

TEST_CASE("one number far from all others takes nothing from a quantile") {
    for (const double outlier : {1e30, 1e300, 1e-300, -1e300}) {
        detail::sliding_window<quantile, double> window(quantile(0.5));
        std::size_t wrong = 0;
        for (int i = 0; i != 1'000; ++i) {
            if (window.size() == 100) window.pop();
            window.push(i == 150 ? outlier : 100.0);
            if (std::abs(window.value() - 100) > 1) ++wrong;
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("numbers that had to share a bucket are apart again when these have left") {
    quantile_sketch s(0.01, 8);
    for (int i = 0; i != 8; ++i) s.add(1);
    for (int i = 1; i <= 20; ++i) s.add(std::pow(2, i));  // too many for the buckets
    CHECK(s.quantile(0) > 2);
    for (int i = 0; i != 8; ++i) s.remove(1);
    for (int i = 1; i <= 20; ++i) s.remove(std::pow(2, i));
    CHECK(s.count() == 0);
    for (const double x : {1.0, 2.0, 3.0}) s.add(x);
    CHECK(s.quantile(0) == doctest::Approx(1).epsilon(0.01));
    // And so they are merged: what is one bucket in either is one bucket.
    quantile_sketch low(0.01, 8);
    for (int i = 1; i <= 20; ++i) low.add(std::pow(2, i));
    s.merge(low);
    for (int i = 1; i <= 20; ++i) s.remove(std::pow(2, i));
    for (const double x : {1.0, 2.0, 3.0}) s.remove(x);
    CHECK(s.count() == 0);
    s.add(7);
    CHECK(s.quantile(0.5) == doctest::Approx(7).epsilon(0.01));
}
