// The claim: an idle consumer is woken by another thread at least as fast as tokio wakes one. A
// plain thread sends its clock, now and then; whoever waits for it says how old it is. Prints lines
// of JSON, as the Rust peer does.
#include <weir/channel/channel.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/for_each.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <thread>
#include <utility>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;

constexpr std::size_t wake_ups = 10'000;
constexpr auto pause = std::chrono::microseconds(200);

double microseconds_since(clock_type::time_point sent) {
    return std::chrono::duration<double, std::micro>(clock_type::now() - sent).count();
}

void send_now_and_then(weir::sender<clock_type::time_point> to) {
    for (std::size_t i = 0; i < wake_ups; ++i) {
        const auto paused = clock_type::now();
        while (clock_type::now() - paused < pause) continue;
        to.try_send(clock_type::now());
    }
}

asio::awaitable<std::vector<double>> await_each(weir::receiver<clock_type::time_point> from) {
    std::vector<double> late;
    late.reserve(wake_ups);
    while (auto sent = co_await from.next()) late.push_back(microseconds_since(*sent));
    co_return late;
}

asio::awaitable<std::vector<double>> in_a_pipeline(weir::receiver<clock_type::time_point> from) {
    std::vector<double> late;
    late.reserve(wake_ups);
    auto note = weir::for_each(
        [&late](clock_type::time_point sent) { late.push_back(microseconds_since(sent)); });
    auto consume = std::move(from) | std::move(note);
    co_await std::move(consume);
    co_return late;
}

template <class Consumer>
void measure(const char* who, Consumer consumer) {
    weir::runtime runtime(2);
    auto ends = weir::channel<clock_type::time_point>(64);
    std::jthread producer(send_now_and_then, std::move(ends.sender));
    auto late = runtime.run(consumer(std::move(ends.receiver)));
    std::sort(late.begin(), late.end());
    for (const std::size_t percent : {50u, 99u}) {
        const double figure = late.at((late.size() - 1) * percent / 100);
        std::printf("{\"who\":\"%s@p%zu\",\"us\":%.4f}\n", who, percent, figure);
    }
}

}  // namespace

int main() {
    measure("weir", in_a_pipeline);
    measure("weir_coroutine", await_each);
}
