// Hashes each line of a text on several threads, and works on a range in memory.
#include <weir/operators/flat_map.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/parallel.hpp>
#include <weir/runtime/par_for_each.hpp>
#include <weir/runtime/par_reduce.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/generate.hpp>

#include <absl/hash/hash.h>
#include <absl/strings/string_view.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// [lines]
using text = std::string_view;  // of a file in memory, which outlives the pipeline

// Cuts `rest` after the first line end that is at least `size` bytes away.
std::optional<text> cut(text& rest, std::size_t size) {
    if (rest.empty()) return std::nullopt;
    const std::size_t end = rest.find('\n', std::min(size, rest.size()) - 1);
    const text piece = rest.substr(0, end == text::npos ? end : end + 1);
    rest.remove_prefix(piece.size());
    return piece;
}

auto lines(text file) {
    return weir::generate([rest = file]() mutable { return cut(rest, 1); });
}

std::size_t hash(text line) {
    return absl::Hash<absl::string_view>()(absl::string_view(line.data(), line.size()));
}
// [/lines]

// [map]
asio::awaitable<std::vector<std::size_t>> on_one_thread(text file) {
    co_return co_await (lines(file) | weir::map(hash) | weir::to<std::vector>());
}
// [/map]

// [parallel]
asio::awaitable<std::vector<std::size_t>> line_by_line(text file, std::size_t workers) {
    co_return co_await (lines(file) | weir::parallel(workers, hash, "hash") |
                        weir::to<std::vector>());
}
// [/parallel]

// [operators]
auto blocks(text file) {
    return weir::generate([rest = file]() mutable { return cut(rest, 64 * 1024); });
}

asio::awaitable<std::vector<std::size_t>> block_by_block(text file, std::size_t workers) {
    auto hash_lines = weir::flat_map(lines) | weir::map(hash, "hash");
    co_return co_await (blocks(file) | weir::parallel(workers, hash_lines) |
                        weir::to<std::vector>());
}
// [/operators]

// [as_completed]
asio::awaitable<std::size_t> distinct_buckets(text file) {
    std::vector<bool> seen(1024);
    auto mark = [&seen](std::size_t h) { seen[h % 1024] = true; };
    weir::parallel_options how;
    how.results = weir::order::as_completed;
    co_await (lines(file) | weir::parallel(2, hash, how) | weir::for_each(mark));
    co_return static_cast<std::size_t>(std::count(seen.begin(), seen.end(), true));
}
// [/as_completed]

// [range]
asio::awaitable<void> subtract_mean(weir::runtime& rt, std::vector<float>& samples) {
    const double sum = co_await weir::par_reduce(rt, samples, 0.0, std::plus<>());
    const auto mean = static_cast<float>(sum / static_cast<double>(samples.size()));
    auto shift = [mean](float& x) { x -= mean; };
    co_await weir::par_for_each(rt, samples, std::move(shift));
}
// [/range]

int main() {
    std::string file;
    for (int i = 0; i < 20'000; ++i) file += "line " + std::to_string(i * i % 977) + '\n';
    file += "and one without an end";

    weir::runtime rt(2);
    const auto expected = rt.run(on_one_thread(file));
    bool right = expected.size() == 20'001;
    for (const std::size_t workers : {1u, 2u, 4u}) {
        right = right && rt.run(line_by_line(file, workers)) == expected;
        right = right && rt.run(block_by_block(file, workers)) == expected;
    }
    std::cout << expected.size() << " lines, " << rt.run(distinct_buckets(file)) << " buckets\n";

    std::vector<float> samples(100'000);
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<float>(i % 100);
    rt.run(subtract_mean(rt, samples));
    const double rest = rt.run(weir::par_reduce(rt, samples, 0.0, std::plus<>()));
    right = right && std::abs(rest) < 1;
    return right ? 0 : 1;
}
