/// Fault points: named places in a test double, or in code of yours, where a test makes a pass
/// fail.
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

/// What a fault point throws, unless the plan says otherwise: "fault injected at 'write', pass 3".
class injected_error : public weir::error {
public:
    injected_error(std::string_view point, std::uint64_t pass);
};

/// Says which pass through which point fails. Copies share the plan; thread-safe.
///
///     fault_plan plan;
///     plan.fail("write", 3);                       // the third pass through "write" throws
///     auto store = [plan](row r) { plan.pass("write"); ... };
///
/// The plan is handed to the code that has the points; code without a plan has none. So there is no
/// global state and no macro, and nothing of it in a program that does not test.
class fault_plan {
public:
    fault_plan();

    /// The `nth` pass (from 1) through `point` throws `error`, an `injected_error` by default.
    fault_plan& fail(std::string_view point, std::uint64_t nth, std::exception_ptr error = nullptr);

    /// The place itself: counts the pass, and throws if this is the one.
    void pass(std::string_view point) const;

    /// How often the point was passed, the one that threw included.
    std::uint64_t passes(std::string_view point) const;
    /// How many faults were thrown.
    std::uint64_t thrown() const;

private:
    struct state;
    std::shared_ptr<state> state_;
};

/// Calls `body` with a plan in which the first pass through `point` fails, then one in which the
/// second does, and so on until a run gets by without the fault. Returns how many runs failed:
/// "whichever write fails, nothing is lost".
///
///     auto writes = for_each_fault("write", [](const fault_plan& plan) { ... });
///     CHECK(writes == 5);
///
/// What `body` throws ends it and comes through. Throws `std::logic_error` after 100,000 runs.
std::uint64_t for_each_fault(std::string_view point,
                             const std::function<void(const fault_plan&)>& body);

}  // namespace weir::testing
