// Handlers ran on Asio's system executor, and brought up its threads, two for each core: that of
// `use_future`, which has no other executor, and every handler without one of its own that was
// given to a pipeline which had ended.

#include <weir/core/asio.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <ranges>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;

namespace {

using thread_ids = std::vector<std::thread::id>;

// Notes each thread that moves it.
class witness {
public:
    witness() = default;
    explicit witness(std::shared_ptr<thread_ids> to) : to_(std::move(to)) {}
    witness(witness&& other) noexcept : to_(other.to_) { note(); }
    witness& operator=(witness&& other) noexcept {
        to_ = other.to_;
        note();
        return *this;
    }
    ~witness() = default;

private:
    void note() const {
        if (to_) to_->push_back(std::this_thread::get_id());
    }
    std::shared_ptr<thread_ids> to_;
};

bool all_here(const thread_ids& ids) {
    return std::ranges::all_of(ids, [](auto id) { return id == std::this_thread::get_id(); });
}

auto numbers() {
    return weir::from_range(std::views::iota(0, 3));
}

}  // namespace

TEST_CASE("a future is fulfilled on the threads that the pipeline was given") {
    auto moved_on = std::make_shared<thread_ids>();
    asio::io_context io;
    auto keep = [](witness w, int) { return w; };
    auto result = (numbers() | weir::fold(witness(moved_on), keep))
                      .start(io.get_executor(), asio::use_future);
    io.run();
    REQUIRE(result.wait_for(0s) == std::future_status::ready);
    result.get();
    CHECK(moved_on->size() > 3);
    CHECK(all_here(*moved_on));
}

TEST_CASE("a pipeline that has ended calls handlers on its own executor") {
    thread_ids called_on;
    asio::io_context io;
    weir::pipeline p("numbers", io.get_executor());
    p.add("count", numbers() | weir::for_each([](int) {}));
    auto over = p.run(asio::use_future);
    io.run();
    REQUIRE(over.wait_for(0s) == std::future_status::ready);
    over.get();
    p.drain(1s, [&](const std::exception_ptr&, const weir::drain_report& report) {
        CHECK(report.outcome == weir::drain_outcome::drained);
        called_on.push_back(std::this_thread::get_id());
    });
    p.run([&](const std::exception_ptr& error) {
        CHECK(error);
        called_on.push_back(std::this_thread::get_id());
    });
    CHECK(called_on.empty());  // never from within the call
    settle(io);
    CHECK(called_on.size() == 2);
    CHECK(all_here(called_on));
}
