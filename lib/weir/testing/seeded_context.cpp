#include <weir/runtime/blocking.hpp>
#include <weir/testing/seeded_context.hpp>

#include <string>

namespace weir::testing {

namespace {

/// The maximum number of handlers of a run. A run with more handlers is in an endless loop.
constexpr std::size_t handler_limit = 10'000'000;

}  // namespace

seeded_context::seeded_context(std::uint64_t seed)
    : seed_(seed), random_(seed), time_(virtual_clock::install(*this)) {
    set_blocking_executor(*this, get_executor());
}

seeded_context::~seeded_context() {
    // In the order of an io_context: first the services release their resources, then the handlers
    // that never ran are destroyed. Their destructors may post; those handlers are dropped.
    shutdown();
    std::vector<function> never_run;
    {
        const std::lock_guard lock(mutex_);
        gone_ = true;
        never_run.swap(ready_);
    }
    never_run.clear();
    destroy();
}

void seeded_context::post(function f) {
    const std::lock_guard lock(mutex_);
    if (!gone_) ready_.push_back(std::move(f));
}

bool seeded_context::run_one() {
    function f;
    {
        const std::lock_guard lock(mutex_);
        if (ready_.empty()) return false;
        std::swap(ready_[random_.below(ready_.size())], ready_.back());
        f = std::move(ready_.back());
        ready_.pop_back();
    }
    f();
    return true;
}

std::size_t seeded_context::settle() {
    std::size_t n = 0;
    while (run_one()) {
        if (++n == handler_limit) stuck("handlers keep making handlers");
    }
    return n;
}

void seeded_context::run_until(const std::function<bool()>& done) {
    for (std::size_t n = 0; !done(); ++n) {
        if (n == handler_limit) stuck("handlers keep making handlers");
        if (!run_one() && !move_time()) stuck("nothing is ready, and nobody waits for a time");
    }
}

void seeded_context::run() {
    run_until([this] { return ready() == 0 && work_ == 0; });
}

std::size_t seeded_context::ready() const {
    const std::lock_guard lock(mutex_);
    return ready_.size();
}

bool seeded_context::move_time() {
    const auto next = time_->next_deadline();
    if (next) time_->advance_to(*next);
    return next.has_value();
}

void seeded_context::stuck(const char* why) const {
    throw deadlock_error("deadlock under seed " + std::to_string(seed_) + ": " + why +
                         ", and the test is not done");
}

}  // namespace weir::testing
