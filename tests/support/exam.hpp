/// The exam every operator sits: the same edges, with input that is ready and input that is not.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/testing/fault_plan.hpp>
#include <weir/testing/resource.hpp>

#include <asio.hpp>
#include <support/items.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace weir::testing {

/// What an operator under examination is given: its callable calls the probe, once a call, which
/// throws when that is on (the fault point "callable"). Holds a resource as long as it lives.
struct probe {
    void operator()() const { faults.pass("callable"); }

    fault_plan faults;
    resource::hold held;
    asio::any_io_executor executor;  ///< That of the context, for an operator that wants one.
};

/// An operator, and what must come of it.
struct operator_exam {
    /// The operator on a stream, its items turned into text. If it takes a callable of the user's,
    /// that calls the probe and is named "exam".
    std::function<any_stream<std::string>(any_stream<move_only>, probe)> apply;
    /// What goes in, and what comes out of that.
    std::vector<int> input;
    std::vector<std::string> expected;
    /// What has come out when the source fails after `input`, where it is not all of `expected`.
    std::optional<std::vector<std::string>> before_failure;
    /// Input of which nothing comes out, where there is such a thing.
    std::vector<int> filtered;
    /// How `stage_error::stage()` must read; empty where the operator takes no callable.
    std::string stage;
    /// True where `expected` is complete before the input has ended.
    bool ends_by_itself = false;
    /// What comes out where nothing comes in; or all that comes in is dropped.
    std::vector<std::string> of_nothing = {};
};

/// Sits it:
/// - values, no values, only values that are dropped;
/// - the source fails; the callable throws (at each of its calls);
/// - the consumer stops early, after each number of items; pulls; moves the stream; drops it;
/// - cancelled before, while and after items came; the context is destroyed;
/// each with a source that is ready, one that is pending before each item, and one that is given
/// its items piece by piece. In each case every resource must be free when the pipeline completes,
/// and the protocol is kept on both sides (`strict`, `script`). Reports by doctest's CHECK.
void examine(const operator_exam& exam);

}  // namespace weir::testing
