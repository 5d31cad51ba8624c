// Faults at named places.

#include <weir/core/stage.hpp>
#include <weir/operators/map.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/fault_plan.hpp>

#include <doctest/doctest.h>

#include <exception>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace weir::testing;

TEST_CASE("the pass that the plan names throws, and no other") {
    fault_plan plan;
    plan.fail("write", 2).fail("write", 4, std::make_exception_ptr(std::out_of_range("full")));
    plan.pass("read");
    plan.pass("write");
    CHECK_THROWS_WITH_AS(plan.pass("write"), "fault injected at 'write', pass 2", injected_error);
    plan.pass("write");
    CHECK_THROWS_WITH_AS(plan.pass("write"), "full", std::out_of_range);
    plan.pass("write");
    CHECK(plan.passes("write") == 5);
    CHECK(plan.passes("read") == 1);
    CHECK(plan.passes("never") == 0);
    CHECK(plan.thrown() == 2);
}

TEST_CASE("passes count from 1") {
    CHECK_THROWS_AS(fault_plan().fail("write", 0), std::invalid_argument);
}

TEST_CASE("each pass through a point fails in turn, until there is none left") {
    std::vector<std::string> failures;
    const auto runs = for_each_fault("store", [&](const fault_plan& plan) {
        std::vector<int> stored;
        auto store = [&, plan](int x) {
            plan.pass("store");
            stored.push_back(x);
        };
        try {
            run(weir::from_range(std::views::iota(0, 3)) | weir::for_each(store));
            failures.emplace_back("none");
        } catch (const weir::stage_error& e) {
            failures.push_back(e.what() + std::string(" after ") + std::to_string(stored.size()));
        }
    });
    CHECK(runs == 3);
    CHECK(failures ==
          std::vector<std::string>{"for_each: fault injected at 'store', pass 1 after 0",
                                   "for_each: fault injected at 'store', pass 2 after 1",
                                   "for_each: fault injected at 'store', pass 3 after 2", "none"});
}

TEST_CASE("a body that throws ends the runs") {
    int runs = 0;
    const auto body = [&](const fault_plan& plan) {
        ++runs;
        plan.pass("store");
    };
    CHECK_THROWS_AS(for_each_fault("store", body), injected_error);
    CHECK(runs == 1);
}
