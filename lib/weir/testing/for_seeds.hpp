/// A test under many seeds; the one that fails is named, and can be had again.
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

/// What `for_seeds` throws: which seed failed, how, and how to replay it.
class seed_error : public weir::error {
public:
    seed_error(std::uint64_t seed, const std::string& message, std::exception_ptr cause);

    std::uint64_t seed() const noexcept { return seed_; }
    /// What the test threw.
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
/// When the environment says WEIR_SEED=n, only that seed runs, and what the body throws comes
/// through as it is. Throws `std::invalid_argument` if that is no number.
/// Use `expect`, or what throws: a framework's check that only notes a failure knows no seed.
void for_seeds(std::uint64_t count, const std::function<void(seeded_context&)>& body);

}  // namespace weir::testing
