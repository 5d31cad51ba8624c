// The claim: a file with a pipeline of ten steps takes at most 1.5 s longer to compile than one
// that includes Asio alone. bench/run compiles it, with and without the pipeline.
#include <weir/core/asio.hpp>

#if defined(WEIR_PIPELINE)
#include <weir/operators/batch.hpp>
#include <weir/operators/dedup.hpp>
#include <weir/operators/filter.hpp>
#include <weir/operators/filter_map.hpp>
#include <weir/operators/flatten.hpp>
#include <weir/operators/inspect.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/scan.hpp>
#include <weir/operators/skip.hpp>
#include <weir/operators/take.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>

#include <asio.hpp>

#include <cstdint>
#include <optional>
#include <ranges>
#include <utility>
#include <vector>

std::vector<int> ten_steps(weir::runtime& runtime) {
    std::uint64_t seen = 0;
    auto numbers = weir::from_range(std::views::iota(0, 1'000'000)) |       //
                   weir::skip(10) |                                         //
                   weir::filter([](int x) { return x % 2 == 0; }) |         //
                   weir::map([](int x) { return x / 4; }) |                 //
                   weir::dedup() |                                          //
                   weir::inspect([&seen](const int&) { ++seen; }) |         //
                   weir::scan(0, [](int sum, int x) { return sum ^ x; }) |  //
                   weir::filter_map([](int x) { return x > 3 ? std::optional(x) : std::nullopt; }) |
                   weir::batch(100) |  //
                   weir::flatten() |   //
                   weir::take(50'000);
    return runtime.run(std::move(numbers) | weir::to<std::vector>());
}
#endif

int main() {
    asio::io_context context;
    context.run();
}
