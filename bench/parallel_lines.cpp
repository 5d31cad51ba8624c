// The worked example of docs/parallel.md: hash each line of a big file with 1, 2 and 4 workers, in
// five ways. The file is in memory, as after a first reading; the hash is Abseil's.
#include <weir/channel/shared_channel.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/flat_map.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/parallel.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sinks/into.hpp>
#include <weir/sources/generate.hpp>

#include <absl/hash/hash.h>
#include <absl/strings/string_view.h>
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace {

using text = std::string_view;

// Lines of about 100 characters.
const std::string& file() {
    static const std::string whole = [] {
        std::string s;
        std::uint64_t dice = 1;
        while (s.size() < 200'000'000) {
            dice = dice * 6364136223846793005u + 1442695040888963407u;
            s.append(50 + (dice >> 33) % 100, static_cast<char>('a' + (dice >> 60)));
            s += std::to_string(dice) + '\n';
        }
        return s;
    }();
    return whole;
}

std::optional<text> cut(text& rest, std::size_t size) {
    if (rest.empty()) return std::nullopt;
    const std::size_t end = rest.find('\n', std::min(size, rest.size()) - 1);
    const text piece = rest.substr(0, end == text::npos ? end : end + 1);
    rest.remove_prefix(piece.size());
    return piece;
}

auto pieces(text whole, std::size_t size) {
    return weir::generate([rest = whole, size]() mutable { return cut(rest, size); });
}
auto lines(text whole) {
    return pieces(whole, 1);
}

std::size_t hash(text line) {
    return absl::Hash<absl::string_view>()(absl::string_view(line.data(), line.size()));
}

auto sum() {
    return weir::fold(std::size_t{0}, std::plus<>{});
}

// Runs `work(runtime)` on so many threads; it returns the sum of all hashes.
template <class Work>
void measure(benchmark::State& state, std::size_t threads, Work work) {
    static const std::int64_t count = std::count(file().begin(), file().end(), '\n');
    static const std::size_t expected =
        weir::runtime(1).run(lines(file()) | weir::map(hash) | sum());
    weir::runtime rt(threads);
    for (auto _ : state) {
        if (work(rt) != expected) throw std::logic_error("weir: wrong sum");
    }
    state.SetItemsProcessed(state.iterations() * count);
}

std::size_t workers(const benchmark::State& state) {
    return static_cast<std::size_t>(state.range(0));
}

void one_thread(benchmark::State& state) {
    measure(state, 1,
            [](weir::runtime& rt) { return rt.run(lines(file()) | weir::map(hash) | sum()); });
}
BENCHMARK(one_thread)->Iterations(3)->UseRealTime();

// Reading, hashing and adding up each on a thread of its own, joined by channels.
void thread_per_stage(benchmark::State& state) {
    measure(state, 3, [](weir::runtime& rt) {
        auto hashes = lines(file()) | weir::buffer(1024) | weir::map(hash) | weir::buffer(1024);
        return rt.run(std::move(hashes) | sum());
    });
}
BENCHMARK(thread_per_stage)->Iterations(3)->UseRealTime();

asio::awaitable<void> hash_items(weir::shared_receiver<text> from,
                                 weir::shared_sender<std::size_t> to) {
    while (auto line = co_await from.next()) {
        std::size_t h = hash(*line);
        if (!to.try_send(std::move(h))) co_await to.send(h);
    }
}

void rethrow(std::exception_ptr failure) {
    if (failure) std::rethrow_exception(std::move(failure));
}

// Each worker takes a line, sends its hash, takes another. In no order.
void item_by_item(benchmark::State& state) {
    measure(state, workers(state), [&state](weir::runtime& rt) {
        auto to_hash = weir::mpmc_channel<text>(1024);
        auto hashes = weir::mpsc_channel<std::size_t>(1024);
        for (std::size_t i = 0; i != workers(state); ++i) {
            asio::co_spawn(asio::make_strand(rt.context()),
                           hash_items(to_hash.receiver, hashes.sender), rethrow);
        }
        hashes.sender.leave();
        auto send = lines(file()) | weir::into(std::move(to_hash.sender));
        std::move(send).start(rt.executor(), rethrow);
        return rt.run(std::move(hashes.receiver) | sum());
    });
}
BENCHMARK(item_by_item)->Arg(1)->Arg(2)->Arg(4)->Iterations(3)->UseRealTime();

// In runs, and in order.
void run_by_run(benchmark::State& state) {
    measure(state, workers(state), [&state](weir::runtime& rt) {
        return rt.run(lines(file()) | weir::parallel(workers(state), hash) | sum());
    });
}
BENCHMARK(run_by_run)->Arg(1)->Arg(2)->Arg(4)->Iterations(3)->UseRealTime();

// The workers are given blocks, and look for the lines, too.
void block_by_block(benchmark::State& state) {
    measure(state, workers(state), [&state](weir::runtime& rt) {
        auto hashes = weir::flat_map(lines) | weir::map(hash);
        auto blocks = pieces(file(), 64 * 1024);
        return rt.run(std::move(blocks) | weir::parallel(workers(state), hashes) | sum());
    });
}
BENCHMARK(block_by_block)->Name("weir")->Arg(1)->Arg(2)->Arg(4)->Iterations(3)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
