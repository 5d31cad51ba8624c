/// What a test of an operator on numbers that come when it says starts with.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <asio.hpp>

#include <initializer_list>
#include <memory>
#include <utility>

namespace weir::testing {

/// A scripted source, and the time in the test's hands. After each step all that is ready has run.
struct scripted {
    asio::io_context io;
    std::shared_ptr<virtual_clock> time = virtual_clock::install(io);
    script<int> source;

    explicit scripted(script<int> s = {}) : source(std::move(s)) {}

    void give(std::initializer_list<int> items) {
        source.give(items);
        settle(io);
    }
    void give(int item) { give({item}); }
    void end() {
        source.end();
        settle(io);
    }
    void advance(clock::duration by) {
        time->advance(by);
        settle(io);
    }
};

}  // namespace weir::testing
