// Pipelines on several threads, ended from others at any moment. For the thread sanitizer, mostly.

#include <weir/core/asio.hpp>
#include <weir/operators/batch.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/filter.hpp>
#include <weir/operators/map.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <future>
#include <ranges>
#include <thread>

#include "support.hpp"

using namespace std::chrono_literals;
using namespace weir::testing;

namespace {

constexpr int rounds = 100;

// A pipeline of three segments and a coroutine that has no end of its own, on two threads.
struct endless {
    weir::runtime rt{2};
    script<int> quiet;  // never says anything
    std::uint64_t arrived = 0;
    std::promise<std::exception_ptr> promise;
    std::future<std::exception_ptr> over = promise.get_future();
    weir::pipeline p{"endless", rt.executor()};

    explicit endless(int bad = -1) {
        auto [tx, numbers] = p.channel<int>("numbers", 16);
        auto [to_store, batches] = p.channel<std::vector<int>>("batches", 2);
        auto fail = [bad](int x) {
            if (x == bad) throw callable_failure();
            return x;
        };
        auto odd = weir::filter([](int x) { return x % 2 == 1; });
        p.add("read", weir::from_range(std::views::iota(0)) | p.source("iota") | weir::buffer(8) |
                          weir::into(std::move(tx)));
        p.add("work", std::move(numbers) | weir::map(fail, "work") |
                          p.stage("group", odd | weir::batch(5)) | weir::into(std::move(to_store)));
        p.add("store", std::move(batches) | weir::for_each([this](const std::vector<int>& b) {
                           arrived += b.size();
                       }));
        p.add("listen", listen(quiet.stream() | p.source("quiet")));
        p.run([this](std::exception_ptr error) { promise.set_value(std::move(error)); });
    }

    static asio::awaitable<void> listen(weir::any_stream<int> in) {
        while (auto x = co_await in.next()) {
        }
    }

    // Waits a little, differently each time.
    static void dawdle(int round) {
        for (int i = 0; i < round % 50; ++i) std::this_thread::yield();
    }
};

}  // namespace

TEST_CASE("a pipeline may be cancelled by another thread at any moment") {
    for (int round = 0; round < rounds; ++round) {
        endless e;
        endless::dawdle(round);
        e.p.cancel();
        CHECK(weir::detail::is_cancellation(e.over.get()));
        CHECK(e.quiet.held() == 0);
    }
}

TEST_CASE("a pipeline may be drained by several threads at any moment, and loses nothing") {
    for (int round = 0; round < rounds; ++round) {
        endless e;
        const auto drain = [&] {
            endless::dawdle(round);
            auto report = e.p.drain(1min, asio::use_future).get();
            CHECK(report.outcome == weir::drain_outcome::drained);
            for (const auto& segment : report.state.segments) {
                for (const auto& s : segment.stages) {
                    CHECK(s.items.balanced());
                    CHECK(s.items.dropped + s.items.in_flight == 0);
                }
            }
            CHECK(report.state.segments.at(1).stages.at(0).items.out == e.arrived);
        };
        std::thread other(drain);
        drain();
        other.join();
        CHECK_FALSE(e.over.get());
    }
}

TEST_CASE("a failure on one thread and a drain on another end in one report") {
    for (int round = 0; round < rounds; ++round) {
        endless e(round * 7);
        endless::dawdle(round);
        const auto report = e.p.drain(1min, asio::use_future).get();
        const auto error = e.over.get();
        CHECK((report.outcome == weir::drain_outcome::failed) == (error != nullptr));
        if (error) {
            CHECK(weir::describe(error) ==
                  "pipeline 'endless': segment 'work': map 'work': bad item");
        }
    }
}

TEST_CASE("a pipeline may be destroyed by another thread while it runs") {
    for (int round = 0; round < rounds; ++round) {
        weir::runtime rt(2);
        std::uint64_t arrived = 0;
        std::promise<std::exception_ptr> promise;
        auto over = promise.get_future();
        {
            weir::pipeline p("gone", rt.executor());
            auto [tx, rx] = p.channel<int>("numbers", 16);
            p.add("read", weir::from_range(std::views::iota(0)) | weir::into(std::move(tx)));
            p.add("write", std::move(rx) | weir::for_each([&](int) { ++arrived; }));
            p.run([&](std::exception_ptr error) { promise.set_value(std::move(error)); });
            endless::dawdle(round);
        }
        CHECK(weir::detail::is_cancellation(over.get()));
    }
}
