// Broken elsewhere: a shutdown throws away the batches that were not full yet, or waits for ever
// for them to fill.

#include <weir/operators/batch.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/into.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

using namespace weir::testing;
using namespace std::chrono_literals;

TEST_CASE("a drain flushes the partly filled batches of every stage, and ends") {
    for (int given = 0; given < 25; ++given) {
        CAPTURE(given);
        asio::io_context io;
        auto time = std::make_shared<virtual_clock>();
        weir::set_clock(io, time);
        weir::pipeline p("load", io.get_executor());
        auto [tx, rows] = weir::channel<std::vector<int>>(2);
        script<int> source;
        std::vector<int> stored;
        auto store = weir::for_each([&stored](const std::vector<std::vector<int>>& batches) {
            for (const auto& batch : batches)
                stored.insert(stored.end(), batch.begin(), batch.end());
        });
        p.add("read", source.stream() | p.source("rows") | weir::batch(7, 1h) | weir::buffer(2) |
                          weir::into(std::move(tx)));
        p.add("write", std::move(rows) | weir::batch(3) | weir::buffer(1) | std::move(store));

        bool over = false;
        p.run([&over](std::exception_ptr error) { over = !error; });
        std::vector<int> expected;
        for (int i = 0; i < given; ++i) {
            source.give(i);
            expected.push_back(i);
        }
        settle(io);
        CHECK_FALSE(over);  // the source waits for more, and so do the batches

        bool drained = false;
        p.drain(5s, [&drained](std::exception_ptr, const weir::drain_report& report) {
            drained = report.drained();
        });
        settle(io);
        CHECK(over);
        CHECK(drained);
        CHECK(stored == expected);
    }
}
