// Channels that carry streams of items: the snippets of docs/channels.md.

#include <weir/channel/blocking_view.hpp>
#include <weir/channel/channel.hpp>
#include <weir/channel/shared_channel.hpp>
#include <weir/core/asio.hpp>
#include <weir/operators/map.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sinks/into.hpp>
#include <weir/sources/from_range.hpp>

#include <asio.hpp>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <ranges>
#include <string>
#include <thread>
#include <utility>

namespace {

void check(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "channels: %s\n", what);
    std::exit(1);
}

// [send]
asio::awaitable<void> send_squares(weir::sender<int> tx) {
    for (int i = 1; i <= 100; ++i) {
        if (tx.try_send(i * i)) continue;  // there is room: no coroutine call
        co_await tx.send(i * i);           // full: waits for the receiver
    }
}  // tx is destroyed: the channel closes
// [/send]

// [receive]
asio::awaitable<int> sum_up(weir::receiver<int> rx) {
    int sum = 0;
    while (auto x = co_await rx.receive()) sum += *x;
    co_return sum;
}
// [/receive]

void one_to_one() {
    weir::runtime rt(2);
    auto ends = weir::channel<int>(16);
    asio::co_spawn(asio::make_strand(rt.context()), send_squares(std::move(ends.sender)),
                   asio::detached);
    check(rt.run(sum_up(std::move(ends.receiver))) == 338'350, "the squares add up");
}

void many_to_one() {
    weir::runtime rt(2);
    // [mpsc]
    auto [tx, rx] = weir::mpsc_channel<int>(64);
    auto left = weir::from_range(std::views::iota(0, 1'000)) | weir::into(tx);
    auto right = weir::from_range(std::views::iota(1'000, 2'000)) | weir::into(std::move(tx));
    auto sum = std::move(rx) | weir::fold(0, std::plus<>());
    // [/mpsc]
    asio::co_spawn(rt.executor(), std::move(left), asio::detached);
    asio::co_spawn(rt.executor(), std::move(right), asio::detached);
    check(rt.run(std::move(sum)) == 1'999'000, "both sides add up");
}

void drops() {
    // [drops]
    auto [tx, rx] = weir::mpsc_channel<int>(2, weir::overflow::drop_oldest);
    for (int i = 0; i < 5; ++i) tx.try_send(int(i));
    // rx has 3 and 4, and tx.dropped() is 3
    // [/drops]
    check(tx.dropped() == 3 && *rx.try_receive() == 3, "the newest are kept");
}

void in_bytes() {
    // [bytes]
    auto size_of = [](const std::string& line) { return line.size(); };
    auto [tx, rx] = weir::mpsc_channel<std::string>(weir::bytes(1 << 20, size_of));
    // [/bytes]
    tx.try_send("hello");
    check(rx.used() == 5, "five bytes");
}

void threads() {
    // [threads]
    auto [tx, rx] = weir::channel<int>(8);
    std::thread worker([to = std::move(tx)]() mutable {
        for (int i = 1; i <= 100; ++i) to.blocking_send(i);
    });
    int sum = 0;
    for (auto& x : weir::blocking_view(rx)) sum += x;
    // [/threads]
    worker.join();
    check(sum == 5'050, "all numbers came");
}

}  // namespace

int main() {
    one_to_one();
    many_to_one();
    drops();
    in_bytes();
    threads();
}
