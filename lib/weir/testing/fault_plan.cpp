#include <weir/testing/fault_plan.hpp>

#include <map>
#include <mutex>
#include <utility>

namespace weir::testing {

struct fault_plan::state {
    struct point {
        std::uint64_t passes = 0;
        std::map<std::uint64_t, std::exception_ptr> faults;  // by pass; null: an injected_error
    };

    mutable std::mutex mutex;
    std::map<std::string, point, std::less<>> points;
    std::uint64_t thrown = 0;

    point& at(std::string_view name) {
        const auto found = points.find(name);
        return found != points.end() ? found->second : points[std::string(name)];
    }
};

injected_error::injected_error(std::string_view point, std::uint64_t pass)
    : weir::error("fault injected at '" + std::string(point) + "', pass " + std::to_string(pass)) {}

fault_plan::fault_plan() : state_(std::make_shared<state>()) {}

fault_plan& fault_plan::fail(std::string_view point, std::uint64_t nth, std::exception_ptr error) {
    if (nth == 0) throw std::invalid_argument("fault_plan::fail: passes count from 1");
    const std::lock_guard lock(state_->mutex);
    state_->at(point).faults[nth] = std::move(error);
    return *this;
}

void fault_plan::pass(std::string_view point) const {
    std::exception_ptr error;
    {
        const std::lock_guard lock(state_->mutex);
        state::point& here = state_->at(point);
        const auto fault = here.faults.find(++here.passes);
        if (fault == here.faults.end()) return;
        ++state_->thrown;
        if (!fault->second) throw injected_error(point, here.passes);
        error = fault->second;
    }
    std::rethrow_exception(std::move(error));
}

std::uint64_t fault_plan::passes(std::string_view point) const {
    const std::lock_guard lock(state_->mutex);
    return state_->at(point).passes;
}

std::uint64_t fault_plan::thrown() const {
    const std::lock_guard lock(state_->mutex);
    return state_->thrown;
}

std::uint64_t for_each_fault(std::string_view point,
                             const std::function<void(const fault_plan&)>& body) {
    constexpr std::uint64_t limit = 100'000;
    for (std::uint64_t nth = 1; nth <= limit; ++nth) {
        fault_plan plan;
        plan.fail(point, nth);
        body(plan);
        if (plan.thrown() == 0) return nth - 1;
    }
    throw std::logic_error("for_each_fault: '" + std::string(point) + "' is passed without end");
}

}  // namespace weir::testing
