/// fault_plan: makes chosen passes through named fault points fail. Fault points are in a test
/// double or in your code.
#pragma once

#include <weir/core/error.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace weir::testing {

/// The error of a fault point unless the plan sets another: "fault injected at 'write', pass 3".
class injected_error : public weir::error {
public:
    injected_error(std::string_view point, std::uint64_t pass);
};

/// Decides which pass through which point fails. Copies share the plan; thread-safe.
///
///     fault_plan plan;
///     plan.fail("write", 3);                       // the third pass through "write" throws
///     auto store = [plan](row r) { plan.pass("write"); ... };
///
/// The plan is passed to the code that has the points, so there is no global state and no macro. A
/// program without tests contains no part of it.
class fault_plan {
public:
    fault_plan();

    /// The `nth` pass (from 1) through `point` throws `error`, an `injected_error` by default.
    fault_plan& fail(std::string_view point, std::uint64_t nth, std::exception_ptr error = nullptr);

    /// The fault point itself: counts the pass, and throws if the plan says so.
    void pass(std::string_view point) const;

    /// How often the point was passed, including the pass that threw.
    std::uint64_t passes(std::string_view point) const;
    /// How many faults were thrown.
    std::uint64_t thrown() const;

private:
    struct state;
    std::shared_ptr<state> state_;
};

/// Calls `body` with a plan in which the first pass through `point` fails, then with one in which
/// the second pass fails, and so on, until a run completes without the fault. Returns how many runs
/// failed. For statements such as "whichever write fails, no data is lost".
///
///     auto writes = for_each_fault("write", [](const fault_plan& plan) { ... });
///     CHECK(writes == 5);
///
/// An exception of `body` ends the loop and passes. Throws `std::logic_error` after 100,000 runs.
std::uint64_t for_each_fault(std::string_view point,
                             const std::function<void(const fault_plan&)>& body);

}  // namespace weir::testing
