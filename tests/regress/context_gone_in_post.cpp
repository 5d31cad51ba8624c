// A thread of another context posted a pipeline's completion; it ran and the waiting thread
// destroyed the context while the post was still on its way out. weir now posts through the
// context's gate, which its shutdown waits for. (Seen by the thread sanitizer, one run in a few.)

#include <weir/operators/buffer.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>

#include <doctest/doctest.h>

#include <ranges>

using namespace weir::testing;

TEST_CASE("a context may be destroyed as soon as its pipeline has completed, whoever posted that") {
    for (int i = 0; i < 500; ++i) {
        asio::io_context io;
        auto result = start(io, weir::from_range(std::views::iota(0, 5)) |
                                    weir::on(asio::system_executor(), 1) | weir::count());
        CHECK(run_until(io, [&] { return result->done; }));
        CHECK(result->get() == 5);
    }
}
