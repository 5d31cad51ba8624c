// Two threads, one channel: nothing is lost, nothing is doubled, nobody sleeps for ever. A hang
// shows as the time limit of the test program.

#include <weir/channel/channel.hpp>
#include <weir/core/asio.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/take.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/resource.hpp>
#include <weir/testing/script.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <exception>
#include <ranges>
#include <thread>
#include <utility>

using namespace weir::testing;

namespace {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr std::uint64_t scale = 20;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
constexpr std::uint64_t scale = 20;
#else
constexpr std::uint64_t scale = 1;
#endif
#else
constexpr std::uint64_t scale = 1;
#endif

// Checks order while it sums.
struct checksum {
    std::uint64_t next = 0;
    bool in_order = true;

    void add(std::uint64_t x) {
        in_order = in_order && x == next;
        ++next;
    }
};

checksum add(checksum sum, std::uint64_t x) {
    sum.add(x);
    return sum;
}

auto numbers(std::uint64_t n) {
    return weir::from_range(std::views::iota(std::uint64_t{0}, n));
}

}  // namespace

TEST_CASE("millions of items cross between two threads in order") {
    weir::runtime threads(2);
    for (const std::size_t capacity : {1u, 2u, 3u, 64u, 1024u}) {
        CAPTURE(capacity);
        // Each item of a small channel is a wake-up or two.
        const std::uint64_t n = (capacity < 64 ? 200'000 : 2'000'000) / scale;
        const checksum sum =
            threads.run(numbers(n) | weir::buffer(capacity) | weir::fold(checksum(), add));
        CHECK(sum.in_order);
        CHECK(sum.next == n);
    }
}

TEST_CASE("thousands of short pipelines across two threads all come to their end") {
    weir::runtime threads(2);
    for (std::uint64_t round = 0; round < 10'000 / scale; ++round) {
        const std::size_t capacity = 1 + round % 5;
        const std::uint64_t n = round % 23;
        CAPTURE(round);
        const checksum sum =
            threads.run(numbers(n) | weir::buffer(capacity) | weir::fold(checksum(), add));
        CHECK(sum.in_order);
        CHECK(sum.next == n);
    }
}

TEST_CASE("a long chain of boundaries comes to its end") {
    weir::runtime threads(2);
    for (std::uint64_t round = 0; round < 1'000 / scale; ++round) {
        const std::uint64_t n = round % 100;
        const checksum sum =
            threads.run(numbers(n) | weir::buffer(1) | weir::buffer(2) | weir::buffer(3) |
                        weir::buffer(64) | weir::fold(checksum(), add));
        CHECK(sum.in_order);
        CHECK(sum.next == n);
    }
}

TEST_CASE("a sender outside of pipelines and a receiver in one lose nothing") {
    weir::runtime threads(1);
    for (const std::size_t capacity : {1u, 3u, 64u}) {
        for (std::uint64_t round = 0; round < 200 / scale; ++round) {
            const std::uint64_t n = 1 + round;
            auto ends = weir::channel<std::uint64_t>(capacity);
            std::thread producer([&to = ends.sender, n] {
                for (std::uint64_t i = 0; i < n;) {
                    if (to.try_send(std::uint64_t(i))) {
                        ++i;
                    } else {
                        std::this_thread::yield();
                    }
                }
                to.close();
            });
            const checksum sum =
                threads.run(std::move(ends.receiver) | weir::fold(checksum(), add));
            producer.join();
            CHECK(sum.in_order);
            CHECK(sum.next == n);
        }
    }
}

TEST_CASE("a consumer that stops at any moment ends its producer on the other thread") {
    weir::runtime threads(2);
    for (std::uint64_t round = 0; round < 5'000 / scale; ++round) {
        const std::uint64_t n = round % 40;
        resource held;
        auto keep = [hold = held.acquire()](std::uint64_t x) { return x; };
        auto endless = weir::from_range(std::views::iota(std::uint64_t{0})) | weir::map(keep);
        CHECK(threads.run(std::move(endless) | weir::buffer(1 + round % 3) | weir::take(n) |
                          weir::count()) == n);
        CHECK(held.held() <= 1);  // the one of `keep` here
    }
}

TEST_CASE("a source that is silent on another thread does not keep a stopped consumer waiting") {
    weir::runtime threads(2);
    for (std::uint64_t round = 0; round < 5'000 / scale; ++round) {
        script<int> source;
        std::thread giver([source]() mutable { source.give(1).give(2); });
        CHECK(threads.run(source.stream() | weir::buffer(4) | weir::take(2) | weir::count()) == 2);
        giver.join();
        CHECK(source.held() == 0);
    }
}

TEST_CASE("a cancellation at any moment ends a pipeline over two threads") {
    weir::runtime threads(2);
    for (std::uint64_t round = 0; round < 2'000 / scale; ++round) {
        script<int> source;
        asio::cancellation_signal stop;
        // The slot belongs to this strand: signals are not thread-safe.
        auto strand = asio::make_strand(threads.context());
        std::promise<std::exception_ptr> done;
        auto started = [&] {
            auto finish = [&done](std::exception_ptr e, std::uint64_t) {
                done.set_value(std::move(e));  // the other thread has it alone
            };
            (source.stream() | weir::buffer(1 + round % 3) | weir::count())(
                asio::bind_cancellation_slot(stop.slot(), asio::bind_executor(strand, finish)));
        };
        asio::post(strand, started);
        source.give({1, 2, 3});
        asio::post(strand, [&] { stop.emit(asio::cancellation_type::terminal); });
        CHECK(done.get_future().get() != nullptr);
        CHECK(source.held() == 0);
    }
}
