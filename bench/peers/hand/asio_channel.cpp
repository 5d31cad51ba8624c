// The hop through Asio's own concurrent_channel, one coroutine on each side, two threads.
#include <weir/core/asio.hpp>

#include <asio.hpp>
#include <asio/experimental/concurrent_channel.hpp>
#include <benchmark/benchmark.h>

#include <cstdint>
#include <stdexcept>
#include <thread>

#include "../../buffer_hop.hpp"

namespace {

using channel = asio::experimental::concurrent_channel<void(asio::error_code, std::uint64_t)>;

constexpr std::uint64_t items = bench::hop_items / 20;  // it is slow: as much time with fewer items

asio::awaitable<void> produce(channel& out) {
    for (std::uint64_t i = 0; i < items; ++i) {
        co_await out.async_send(asio::error_code(), i, asio::use_awaitable);
    }
}

asio::awaitable<void> consume(channel& in, std::uint64_t& sum) {
    for (std::uint64_t i = 0; i < items; ++i) {
        sum += co_await in.async_receive(asio::use_awaitable);
    }
}

void rethrow(std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
}

void asio_concurrent_channel(benchmark::State& state) {
    for (auto _ : state) {
        asio::io_context io(2);
        channel hop(io, static_cast<std::size_t>(state.range(0)));
        std::uint64_t sum = 0;
        asio::co_spawn(io, produce(hop), rethrow);
        asio::co_spawn(io, consume(hop, sum), rethrow);
        std::jthread second([&io] { io.run(); });
        io.run();
        second.join();
        if (sum != bench::sum_below(items)) throw std::logic_error("asio channel: wrong sum");
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
}
BENCHMARK(asio_concurrent_channel)
    ->Arg(bench::hop_small)
    ->Arg(bench::hop_large)
    ->Iterations(1)
    ->UseRealTime();

}  // namespace
