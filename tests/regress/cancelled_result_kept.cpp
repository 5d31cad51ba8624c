// An operation that completed after its stream was cancelled, and before the cancellation reached
// it, left its result with the cancellation that was still on its way: the pipeline completed, and
// something of it was held.

#include <weir/sinks/count.hpp>
#include <weir/sources/from_async.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/expect.hpp>
#include <weir/testing/for_seeds.hpp>
#include <weir/testing/resource.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <utility>

using namespace weir::testing;

TEST_CASE("a pipeline that is cancelled as its operation completes holds no result any more") {
    const auto body = [](seeded_context& ctx) {
        resource results;
        std::function<void()> complete;
        auto operation = [&](auto handler) {
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            complete = [&results, shared] { (*shared)(asio::error_code(), results.acquire()); };
        };
        asio::cancellation_signal stop;
        auto result =
            start(ctx, weir::from_async<resource::hold>(operation) | weir::count(), stop.slot());
        ctx.settle();
        int held_at_completion = -1;
        result->on_completion = [&] { held_at_completion = results.held(); };
        stop.emit(asio::cancellation_type::terminal);
        ctx.run_one();  // the pipeline lets go of its stream, which asks the operation to stop
        std::exchange(complete, nullptr)();
        ctx.settle();
        expect(result->aborted(), "the pipeline was cancelled");
        expect(held_at_completion == 0, "nothing is held at completion");
    };
    CHECK_NOTHROW(for_seeds(50, body));
}
