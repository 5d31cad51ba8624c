// Broken elsewhere: a cancellation that comes from another thread, and just then, races with the
// operation's own completion. (Seen by the thread sanitizer.) Asio wants a signal emitted where the
// operation's handler runs, so that is where another thread has it emitted here; `pipeline::cancel`
// may be called anywhere.

#include <weir/core/asio.hpp>
#include <weir/operators/batch.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/map.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/sources/generator.hpp>
#include <weir/sources/interval.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/resource.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <future>
#include <ranges>
#include <thread>
#include <utility>

using namespace weir::testing;

namespace {

weir::generator<int> passed_on(weir::any_stream<int> in, resource::hold) {
    while (auto x = co_await in.next()) co_yield *x;
}

// Something of everything: a generator, a buffer on each thread, a timer, batches.
auto busy(const resource& held, int items) {
    auto numbers = weir::from_range(std::views::iota(0, items)) | weir::buffer(2);
    return passed_on(std::move(numbers), held.acquire()) |
           weir::map([hold = held.acquire()](int x) { return x; }) |
           weir::batch(3, std::chrono::microseconds(50)) | weir::buffer(1);
}

// A while that differs from round to round: from nothing to longer than the work.
void wait_a_little(int round) {
    for (std::atomic<int> i = 0; i < round % 97 * 40; ++i) continue;
}

bool aborted(std::exception_ptr error) {
    try {
        std::rethrow_exception(std::move(error));
    } catch (const asio::system_error& e) {
        return e.code() == asio::error::operation_aborted;
    }
}

}  // namespace

TEST_CASE("a terminal may be cancelled by another thread at any point") {
    weir::runtime threads(2);
    int cancelled = 0;
    for (int round = 0; round < 500; ++round) {
        resource held;
        asio::cancellation_signal stop;
        const auto strand = asio::make_strand(threads.context());
        std::promise<std::exception_ptr> over;
        auto handler = [&over](std::exception_ptr error, std::uint64_t) {
            over.set_value(std::move(error));
        };
        auto bound = asio::bind_cancellation_slot(stop.slot(),
                                                  asio::bind_executor(strand, std::move(handler)));
        (busy(held, 200) | weir::count())(std::move(bound));
        wait_a_little(round);
        asio::post(strand, [&stop] { stop.emit(asio::cancellation_type::terminal); });
        const std::exception_ptr error = over.get_future().get();
        CHECK(held.held() == 0);
        if (error) {
            CHECK(aborted(error));
            ++cancelled;
        }
        // The post above has run before the signal goes.
        std::promise<void> ran;
        asio::post(strand, [&ran] { ran.set_value(); });
        ran.get_future().get();
    }
    CHECK(cancelled > 0);
}

TEST_CASE("a pipeline may be cancelled by another thread at any point") {
    weir::runtime threads(2);
    for (int round = 0; round < 200; ++round) {
        resource held;
        {
            weir::pipeline p("busy", threads.executor());
            std::uint64_t batches = 0;
            auto count = [&batches](std::uint64_t n) { batches = n; };
            p.add("count", busy(held, 200) | weir::count(), count);
            std::jthread other([&p, round] {
                wait_a_little(round);
                p.cancel();
            });
            try {
                threads.run(p.run());
                CHECK(batches >= 67);
            } catch (const asio::system_error& e) {
                CHECK(e.code() == asio::error::operation_aborted);
            }
        }
        CHECK(held.held() == 0);
    }
}

TEST_CASE("an end of a channel may be dropped by another thread at any point") {
    weir::runtime threads(2);
    for (int round = 0; round < 500; ++round) {
        resource held;
        auto [tx, rx] = weir::channel<resource::hold>(3);
        auto held_items = weir::from_range(std::views::iota(0, 200)) |
                          weir::map([held](int) { return held.acquire(); });
        auto sent = asio::co_spawn(
            threads.context(), std::move(held_items) | weir::into(std::move(tx)), asio::use_future);
        wait_a_little(round);
        {
            std::jthread other([gone = std::move(rx)]() mutable { auto last = std::move(gone); });
        }
        sent.get();
        CHECK(held.held() == 0);
    }
}
