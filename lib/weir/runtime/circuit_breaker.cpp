#include <weir/runtime/circuit_breaker.hpp>

#include <string>

namespace weir {

struct circuit_breaker::circuit {
    explicit circuit(circuit_policy p) : policy(std::move(p)) {}

    void become(circuit_state next) {
        state = next;
        ++period;
        failures = under_way = succeeded = 0;
    }

    const circuit_policy policy;
    std::mutex mutex;  // guards what follows; not held while user code runs
    circuit_state state = circuit_state::closed;
    std::uint64_t period = 0;  // counts the changes of state
    clock::time_point opened{};
    unsigned failures = 0;   // closed: in a row
    unsigned under_way = 0;  // half-open: probes
    unsigned succeeded = 0;  // half-open: probes
};

circuit_breaker::circuit_breaker(circuit_policy policy)
    : circuit_(std::make_shared<circuit>(std::move(policy))) {
    const circuit_policy& p = circuit_->policy;
    const auto check = [](bool good, const char* rule) {
        if (!good) throw std::invalid_argument(std::string("weir::circuit_breaker: ") + rule);
    };
    check(p.failures != 0, "it takes at least 1 failure to open");
    check(p.probes != 0, "it takes at least 1 probe to close");
    check(p.open_for > clock::duration::zero(), "the time it is open must be positive");
}

circuit_state circuit_breaker::state() const {
    const std::lock_guard lock(circuit_->mutex);
    return circuit_->state;
}

circuit_breaker::permit::permit(std::shared_ptr<circuit> c, clock::time_point now)
    : circuit_(std::move(c)) {
    const std::lock_guard lock(circuit_->mutex);
    if (circuit_->state == circuit_state::open &&
        now - circuit_->opened >= circuit_->policy.open_for) {
        circuit_->become(circuit_state::half_open);
    }
    if (circuit_->state == circuit_state::open) throw circuit_open_error();
    if (circuit_->state == circuit_state::half_open) {
        if (circuit_->under_way + circuit_->succeeded >= circuit_->policy.probes) {
            throw circuit_open_error();
        }
        ++circuit_->under_way;
    }
    period_ = circuit_->period;
}

circuit_breaker::permit::~permit() {
    if (!circuit_) return;
    const std::lock_guard lock(circuit_->mutex);
    if (circuit_->period == period_ && circuit_->under_way != 0) --circuit_->under_way;
}

void circuit_breaker::permit::succeeded() {
    const auto c = std::move(circuit_);
    const std::lock_guard lock(c->mutex);
    if (c->period != period_) return;
    c->failures = 0;
    if (c->state != circuit_state::half_open) return;
    --c->under_way;
    if (++c->succeeded == c->policy.probes) c->become(circuit_state::closed);
}

void circuit_breaker::permit::failed(const std::exception_ptr& failure, clock::time_point now) {
    if (circuit_->policy.counts && !circuit_->policy.counts(failure)) return;
    const auto c = std::move(circuit_);
    const std::lock_guard lock(c->mutex);
    if (c->period != period_) return;
    const bool probe = c->state == circuit_state::half_open;
    if (!probe && ++c->failures < c->policy.failures) return;
    c->become(circuit_state::open);
    c->opened = now;
}

}  // namespace weir
