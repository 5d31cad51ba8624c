// par_for_each and par_reduce: over ranges in memory, on several threads.

#include <weir/core/asio.hpp>
#include <weir/runtime/par_for_each.hpp>
#include <weir/runtime/par_reduce.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/for_seeds.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <numeric>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

using namespace weir::testing;
using ints = std::vector<int>;

namespace {

ints up_to(std::size_t n) {
    ints xs(n);
    std::iota(xs.begin(), xs.end(), 0);
    return xs;
}

// What is not a number: it is reduced in order, and cannot be added to.
struct text {
    std::string value;
};
text join(text a, text b) {
    return {a.value + b.value};
}
text show(int x) {
    return {std::to_string(x) + " "};
}

}  // namespace

TEST_CASE("par_for_each calls its function once for each item, whatever the length") {
    weir::runtime rt(3);
    for (const std::size_t n : {0u, 1u, 2u, 1'023u, 1'025u, 100'001u}) {
        CAPTURE(n);
        ints xs = up_to(n);
        rt.run(weir::par_for_each(rt, xs, [](int& x) { x += 7; }));
        ints expected = up_to(n);
        for (int& x : expected) x += 7;
        CHECK(xs == expected);
    }
}

TEST_CASE("par_for_each takes views, and executors of any kind") {
    asio::thread_pool pool(2);
    weir::runtime rt(1);
    std::atomic<long> sum = 0;
    auto add = [&sum](int x) { sum += x; };
    const weir::parallel_executor two(pool.get_executor(), 2);
    rt.run(weir::par_for_each(two, std::views::iota(0, 10'000), add));
    CHECK(sum == 10'000 * 9'999 / 2);
    weir::par_for_each(pool.get_executor(), std::views::iota(0, 10), add, asio::use_future).get();
    CHECK(sum == 10'000 * 9'999 / 2 + 45);
}

TEST_CASE("par_reduce maps and reduces, and gives the first value where there is nothing") {
    weir::runtime rt(3);
    for (const int n : {0, 1, 15, 16, 17, 1'000, 99'999}) {
        CAPTURE(n);
        const ints xs = up_to(static_cast<std::size_t>(n));
        auto twice = [](int x) { return 2L * x; };
        const long sum = rt.run(weir::par_reduce(rt, xs, 5L, std::plus<>(), twice));
        CHECK(sum == 5L + static_cast<long>(n) * (n - 1));
    }
    std::vector<std::string> words{"a", "bcd", "ef"};
    CHECK(rt.run(weir::par_reduce(rt, words, std::size_t(0), std::plus<>(), &std::string::size)) ==
          6);
}

TEST_CASE("par_reduce keeps the order of what is not a number") {
    weir::runtime rt(4);
    const ints xs = up_to(5'000);
    text expected{"> "};
    for (const int x : xs) expected = join(std::move(expected), show(x));
    const text all = rt.run(weir::par_reduce(rt, xs, text{"> "}, join, show));
    CHECK(all.value == expected.value);
}

TEST_CASE("a sum of floats is the same each time, on any number of threads") {
    std::vector<float> xs(300'001);
    for (std::size_t i = 0; i < xs.size(); ++i) xs[i] = 1.0f / static_cast<float>(i + 1);
    weir::runtime one(1);
    const float sum = one.run(weir::par_reduce(one, xs, 0.0f, std::plus<>()));
    for (const std::size_t threads : {2u, 5u}) {
        weir::runtime rt(threads);
        for (int round = 0; round < 20; ++round) {
            const float again = rt.run(weir::par_reduce(rt, xs, 0.0f, std::plus<>()));
            CHECK(std::equal_to<>()(again, sum));
        }
    }
}

TEST_CASE("whatever the order of its tasks, the result is the same") {
    const auto check = [](seeded_context& ctx) {
        const ints xs = up_to(3'000 + ctx.random().below(3'000));
        const weir::parallel_executor where(ctx.get_executor(), 1 + ctx.random().below(4));
        auto result = std::make_shared<outcome<text>>();
        weir::par_reduce(where, xs, text(), join, show, record(ctx, result));
        ctx.run();
        text expected;
        for (const int x : xs) expected.value += std::to_string(x) + " ";
        CHECK(result->get().value == expected.value);
    };
    for_seeds(20, check);
}
