#include <weir/core/poll.hpp>
#include <weir/core/waker.hpp>

#include <doctest/doctest.h>

namespace {

struct counting final : weir::wakeable {
    void wake() noexcept override { ++wakes; }
    int wakes = 0;
};

}  // namespace

// Slices doubled with every cheap grant until the number overflowed to 0: a turn that was told "0
// items" without a wake-up, and a pipeline that slept for ever.
TEST_CASE("a turn that is granted nothing has always been promised a wake-up") {
    auto poller = weir::counted_ptr<counting>::adopt(new counting);
    const asio::any_io_executor executor;
    const weir::ticket scope;
    for (int turn = 0; turn < 100; ++turn) {
        weir::poll_context cx(*poller, executor, scope, {});
        poller->wakes = 0;
        // Single items are the cheapest there are: thousands of grants in one turn.
        while (cx.grant(1) != 0) CHECK(poller->wakes == 0);
        CHECK(poller->wakes == 1);
    }
}
