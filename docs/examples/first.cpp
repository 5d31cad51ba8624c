// The program of the README.
// [program]
#include <cstdint>
#include <functional>
#include <iostream>
#include <ranges>
#include <utility>

// [includes]
#include <weir/operators/buffer.hpp>
#include <weir/operators/filter.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/take.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sources/from_range.hpp>
// [/includes]

int main() {
    // [pipeline]
    weir::runtime rt;  // an io_context and a thread a core

    auto squares = weir::from_range(std::views::iota(std::uint64_t{1}))        // 1, 2, 3, ...
                   | weir::map([](std::uint64_t x) { return x * x; })          // fused: one loop
                   | weir::filter([](std::uint64_t x) { return x % 2 == 1; })  //
                   | weir::buffer(1024)  // all before it runs as a task of its own
                   | weir::take(1'000);

    std::uint64_t sum = rt.run(std::move(squares) | weir::fold(std::uint64_t{0}, std::plus<>{}));
    // [/pipeline]
    std::cout << "the first 1,000 odd squares add up to " << sum << '\n';
    return sum == 1'333'333'000 ? 0 : 1;
}
// [/program]
