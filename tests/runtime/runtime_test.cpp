// The runtime, and the executor for blocking work.

#include <weir/core/asio.hpp>
#include <weir/core/stage.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/map.hpp>
#include <weir/runtime/blocking.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <support/failures.hpp>
#include <support/sanitized.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <fstream>
#include <future>
#include <memory>
#include <mutex>
#include <ranges>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

using namespace weir::testing;

namespace {

auto numbers(int n = 4) {
    return weir::from_range(std::views::iota(0, n));
}

/// How much more memory this process may have, for as long as it lives.
class few_megabytes {
public:
    explicit few_megabytes(std::size_t count) {
        std::size_t pages = 0;
        std::ifstream("/proc/self/statm") >> pages;
        ::getrlimit(RLIMIT_AS, &before_);
        auto lower = before_;
        lower.rlim_cur = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) + (count << 20);
        ::setrlimit(RLIMIT_AS, &lower);
    }
    few_megabytes(const few_megabytes&) = delete;
    few_megabytes& operator=(const few_megabytes&) = delete;
    ~few_megabytes() { ::setrlimit(RLIMIT_AS, &before_); }

private:
    rlimit before_{};
};

}  // namespace

TEST_CASE("a runtime has the threads it was asked for, or one a core") {
    CHECK(weir::runtime(1).thread_count() == 1);
    CHECK(weir::runtime(3).thread_count() == 3);
    CHECK(weir::runtime().thread_count() == std::max(1u, std::thread::hardware_concurrency()));
}

TEST_CASE("a runtime runs pipelines on its own threads and returns their results") {
    weir::runtime rt(2);
    std::set<std::thread::id> used;
    std::mutex mutex;
    auto note = [&](int) {
        const std::lock_guard lock(mutex);
        used.insert(std::this_thread::get_id());
    };
    CHECK(rt.run(numbers() | weir::count()) == 4);
    rt.run(numbers() | weir::for_each(note));
    CHECK(used.count(std::this_thread::get_id()) == 0);
    CHECK(used.size() == 1);
}

TEST_CASE("a runtime runs coroutines, with a result or without") {
    weir::runtime rt(2);
    auto task = []() -> asio::awaitable<std::string> {
        const auto n = co_await (numbers() | weir::buffer(1) | weir::count());
        co_return std::to_string(n);
    };
    CHECK(rt.run(task()) == "4");
    bool ran = false;
    auto nothing = [&ran]() -> asio::awaitable<void> {
        ran = true;
        co_return;
    };
    rt.run(nothing());
    CHECK(ran);
}

TEST_CASE("what a pipeline or a coroutine throws comes out of run") {
    weir::runtime rt(1);
    auto fail = [](int) -> int { throw source_error(); };
    CHECK_THROWS_AS(rt.run(numbers() | weir::map(fail) | weir::count()), weir::stage_error);
    auto task = []() -> asio::awaitable<void> {
        throw source_error();
        co_return;
    };
    CHECK_THROWS_AS(rt.run(task()), source_error);
}

TEST_CASE("results need only be moved") {
    weir::runtime rt(1);
    auto box = [](std::unique_ptr<int>, int x) { return std::make_unique<int>(x); };
    CHECK(*rt.run(numbers() | weir::fold(std::unique_ptr<int>(), box)) == 3);
}

TEST_CASE("a runtime that is destroyed waits for what runs") {
    std::uint64_t n = 0;
    {
        weir::runtime rt(1);
        auto done = [&n](std::exception_ptr, std::uint64_t result) { n = result; };
        (numbers(100'000) | weir::buffer(3) | weir::count()).start(rt.executor(), done);
    }
    CHECK(n == 100'000);
}

TEST_CASE("a runtime that is stopped abandons what runs") {
    script<int> source;
    bool called = false;
    {
        weir::runtime rt(2);
        auto done = [&called](std::exception_ptr, std::uint64_t) { called = true; };
        auto waits = source.stream() | weir::buffer(3) | weir::count();
        std::move(waits).start(rt.executor(), done);
        rt.stop();
    }
    CHECK_FALSE(called);
    CHECK(source.held() == 0);
}

TEST_CASE("threads that cannot be started are an error, and those that were are joined") {
    if (slower_when_sanitized != 1) return;  // a sanitizer needs the memory itself
    // Room for the stacks of some threads, but not of all.
    const few_megabytes limit(64);
    std::string what;
    std::error_code why;
    try {
        const weir::runtime rt(500);
    } catch (const std::system_error& e) {
        what = e.what();
        why = e.code();
    }
    CHECK(what.find("weir: cannot start a thread") == 0);
    CHECK(why == std::errc::resource_unavailable_try_again);
}

TEST_CASE("blocking work has threads of its own, the same for every strand of a context") {
    asio::io_context io;
    const auto blocking = weir::detail::blocking_executor_of(io.get_executor());
    CHECK(blocking == weir::detail::blocking_executor_of(asio::make_strand(io)));
    std::promise<std::thread::id> ran_on;
    asio::post(blocking, [&] { ran_on.set_value(std::this_thread::get_id()); });
    CHECK(ran_on.get_future().get() != std::this_thread::get_id());
}

TEST_CASE("blocking work goes where the test says") {
    asio::io_context io;
    weir::set_blocking_executor(io, io.get_executor());
    bool ran = false;
    asio::post(weir::detail::blocking_executor_of(asio::make_strand(io)), [&] { ran = true; });
    CHECK_FALSE(ran);
    settle(io);
    CHECK(ran);
}

TEST_CASE("a context that is destroyed waits for the blocking work that has begun") {
    std::promise<void> begun;
    std::atomic<bool> over = false;
    {
        asio::io_context io;
        asio::post(weir::detail::blocking_executor_of(io.get_executor()), [&] {
            begun.set_value();
            for (int i = 0; i < 1000; ++i) std::this_thread::yield();
            over = true;
        });
        begun.get_future().wait();
    }
    CHECK(over);
}
