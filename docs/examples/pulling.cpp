// Pulling, writing streams as coroutines, and what failures look like.
#include <weir/operators/map.hpp>
#include <weir/operators/take.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/sources/generator.hpp>
#include <weir/sources/interval.hpp>

#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

// [generator]
weir::generator<int> evens(weir::any_stream<int> in) {
    while (auto x = co_await in.next()) {
        if (*x % 2 == 0) co_yield *x;
    }
}
// [/generator]

// [next]
asio::awaitable<int> first_above(weir::any_stream<int> numbers, int limit) {
    while (auto x = co_await numbers.next()) {
        if (*x > limit) co_return *x;
    }
    co_return -1;
}
// [/next]

// [for_each]
asio::awaitable<void> greet(std::uint64_t tick) {
    std::cout << "tick " << tick << '\n';
    co_return;
}

asio::awaitable<void> three_ticks() {
    auto ticks = weir::interval(std::chrono::milliseconds(1)) | weir::take(3);
    co_await (std::move(ticks) | weir::for_each(greet));
}
// [/for_each]

// [failure]
std::string where_it_failed(weir::runtime& rt) {
    auto parse = [](const std::string& s) { return std::stoi(s); };
    auto numbers = weir::from_range(std::vector<std::string>{"1", "2", "three"}) |
                   weir::map(parse, "parse number");
    try {
        rt.run(std::move(numbers) | weir::count());
    } catch (const weir::stage_error& e) {
        return e.what();  // "map 'parse number': stoi"
    }
    return "nowhere";
}
// [/failure]

int main() {
    weir::runtime rt(2);
    auto even = rt.run(evens(weir::from_range(std::vector{1, 2, 3, 4})) | weir::to<std::vector>());
    const int above = rt.run(first_above(weir::from_range(std::vector{5, 10, 15}), 7));
    rt.run(three_ticks());
    const std::string failure = where_it_failed(rt);
    std::cout << even.size() << " evens, the first above 7 is " << above << ", " << failure << '\n';
    // libc++ says "stoi: no conversion".
    const bool named = failure.starts_with("map 'parse number': stoi");
    return even == std::vector{2, 4} && above == 10 && named ? 0 : 1;
}
