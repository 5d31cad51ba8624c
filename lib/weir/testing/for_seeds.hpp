/// for_seeds: runs a test under many seeds, and names the seed that fails, so that it can be
/// replayed.
#pragma once

#include <weir/core/error.hpp>
#include <weir/testing/seeded_context.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

namespace weir::testing {

/// The error of `for_seeds`: which seed failed, how, and how to replay it.
class seed_error : public weir::error {
public:
    seed_error(std::uint64_t seed, const std::string& message, std::exception_ptr cause);

    std::uint64_t seed() const noexcept { return seed_; }
    /// The exception that the test threw.
    std::exception_ptr cause() const noexcept { return cause_; }

private:
    std::uint64_t seed_;
    std::exception_ptr cause_;
};

/// Calls `body` with a fresh context under the seeds 1 to `count`, until it throws. Then throws
/// `seed_error`, whose text begins "seed 17 fails (WEIR_SEED=17 replays it): ".
///
///     for_seeds(1'000, [](seeded_context& ctx) {
///         auto sum = start(ctx, numbers() | weir::buffer(2) | weir::fold(0, std::plus<>()));
///         ctx.run();
///         expect(sum->get() == 55, "nothing is lost");
///     });
///
/// If the environment has WEIR_SEED=n, only that seed runs, and an exception of the body passes
/// unchanged. Throws `std::invalid_argument` if n is not a number. Use `expect`, or another check
/// that throws: a check that only records a failure does not report the seed.
void for_seeds(std::uint64_t count, const std::function<void(seeded_context&)>& body);

}  // namespace weir::testing
