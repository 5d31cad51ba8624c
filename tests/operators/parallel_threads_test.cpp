// parallel on several threads: work of random length, failures, early stops and cancellations while
// the workers run.

#include <weir/core/asio.hpp>
#include <weir/core/stage.hpp>
#include <weir/operators/parallel.hpp>
#include <weir/operators/take.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/random.hpp>
#include <weir/testing/resource.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <support/failures.hpp>

#include <atomic>
#include <cstdint>
#include <future>
#include <memory>
#include <ranges>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace weir::testing;
using ints = std::vector<int>;

namespace {

// Takes now longer, now shorter; an item is on the heap, so that sanitizers see where it is.
struct uneven_work {
    std::uint64_t seed;
    int bad = -1;                         // the item that fails
    std::atomic<int>* running = nullptr;  // how many calls there were
    resource::hold held = nullptr;

    std::string operator()(int x) const {
        if (running) ++*running;
        if (x == bad) throw callable_failure();
        seeded_random dice(seed + static_cast<std::uint64_t>(x));
        std::string text = std::to_string(x);
        for (auto n = dice.one_in(50) ? 2'000 : dice.below(50); n != 0; --n) {
            text[0] = static_cast<char>(text[0] ^ 1);
            text[0] = static_cast<char>(text[0] ^ 1);
        }
        return text;
    }
};

weir::any_stream<std::string> work_off(int from, int to, std::size_t workers, uneven_work work,
                                       weir::order order = weir::order::as_given) {
    weir::parallel_options how;
    how.results = order;
    how.name = "work";
    return weir::from_range(std::views::iota(from, to)) |
           weir::parallel(workers, std::move(work), how);
}

// Each of 20,000, in any order.
void check_each_once(const std::vector<std::string>& all) {
    CHECK(all.size() == 20'000);
    ints times(20'000, 0);
    for (const std::string& x : all) ++times[static_cast<std::size_t>(std::stoi(x))];
    CHECK(times == ints(20'000, 1));
}

constexpr int without_end = 2'000'000'000;

}  // namespace

TEST_CASE("results come in order, whatever each takes, on any number of threads") {
    for (const std::size_t threads : {1u, 2u, 4u}) {
        weir::runtime rt(threads);
        for (const std::size_t workers : {1u, 2u, 5u}) {
            const auto all =
                rt.run(work_off(0, 20'000, workers, {.seed = workers}) | weir::to<std::vector>());
            REQUIRE(all.size() == 20'000);
            int wrong = 0;
            for (int i = 0; i < 20'000; ++i) {
                wrong += all[static_cast<std::size_t>(i)] != std::to_string(i);
            }
            CHECK(wrong == 0);
        }
    }
}

TEST_CASE("a stage among the operators of a worker loses nothing, on several threads") {
    weir::runtime rt(3);
    weir::any_stream<int> numbers = weir::from_range(std::views::iota(0, 20'000));
    auto inner = weir::parallel(2, uneven_work{.seed = 7});
    const auto all =
        rt.run(std::move(numbers) | weir::parallel(2, inner) | weir::to<std::vector>());
    check_each_once(all);
}

TEST_CASE("results as completed are all there") {
    weir::runtime rt(3);
    const auto all = rt.run(work_off(0, 20'000, 3, {.seed = 1}, weir::order::as_completed) |
                            weir::to<std::vector>());
    check_each_once(all);
}

TEST_CASE("a failure comes after the results of all items before it, and nothing is held") {
    weir::runtime rt(3);
    for (const int bad : {0, 1, 777, 9'999}) {
        CAPTURE(bad);
        resource living;
        std::vector<std::string> seen;
        auto collect = [&seen](std::string x) { seen.push_back(std::move(x)); };
        auto work = uneven_work{.seed = 2, .bad = bad, .held = living.acquire()};
        auto pipeline =
            work_off(0, without_end, 3, std::move(work)) | weir::for_each(std::move(collect));
        CHECK_THROWS_WITH_AS(rt.run(std::move(pipeline)), "parallel 'work': bad item",
                             weir::stage_error);
        CHECK(seen.size() == static_cast<std::size_t>(bad));
        CHECK(living.held() == 0);
    }
}

TEST_CASE("workers have let go when a pipeline that stops early completes") {
    weir::runtime rt(3);
    for (const std::size_t n : {0u, 1u, 5'000u}) {
        resource living;
        auto work = uneven_work{.seed = 3, .held = living.acquire()};
        const auto some = rt.run(work_off(0, without_end, 3, std::move(work)) | weir::take(n) |
                                 weir::to<std::vector>());
        CHECK(some.size() == n);
        CHECK(living.held() == 0);
    }
}

TEST_CASE("workers have let go when a pipeline that is cancelled while they run completes") {
    weir::runtime rt(3);
    for (int round = 0; round < 20; ++round) {
        resource living;
        std::atomic<int> running = 0;
        auto work = uneven_work{.seed = 4, .running = &running, .held = living.acquire()};
        std::promise<int> completed;
        asio::cancellation_signal stop;
        auto on_end = [&](std::exception_ptr, std::uint64_t) {
            completed.set_value(living.held());
        };
        auto strand = asio::make_strand(rt.context());
        auto handler =
            asio::bind_cancellation_slot(stop.slot(), asio::bind_executor(strand, on_end));
        std::move(work_off(0, without_end, 3, std::move(work)) | weir::count())(std::move(handler));
        while (running < 100 * round) std::this_thread::yield();
        asio::post(strand, [&stop] { stop.emit(asio::cancellation_type::terminal); });
        CHECK(completed.get_future().get() == 0);
    }
}

TEST_CASE("a pool that is destroyed under the workers ends the stage with operation_aborted") {
    weir::runtime rt(1);
    auto elsewhere = std::make_unique<asio::thread_pool>(2);
    std::atomic<int> running = 0;
    weir::parallel_options how;
    how.executor = elsewhere->get_executor();
    auto pipeline = weir::from_range(std::views::iota(0)) |
                    weir::parallel(2, uneven_work{.seed = 6, .running = &running}, how) |
                    weir::count();
    std::promise<std::exception_ptr> ended;
    // Moved, so that the other thread has the exception alone: libstdc++ counts the references
    // to it where TSan does not see it.
    auto end = [&](std::exception_ptr e, std::uint64_t) { ended.set_value(std::move(e)); };
    std::move(pipeline)(asio::bind_executor(rt.executor(), end));
    while (running < 1'000) std::this_thread::yield();
    elsewhere->stop();
    elsewhere.reset();
    const auto error = ended.get_future().get();
    REQUIRE(error);
    CHECK_THROWS_AS(std::rethrow_exception(error), asio::system_error);
}
