#include <weir/pipeline/restart.hpp>

#include <stdexcept>

namespace weir {

backoff restart::waits() const {
    if (max_attempts < 1) {
        throw std::invalid_argument("weir::restart: there must be at least 1 attempt");
    }
    const backoff_policy policy{first_wait, max_wait, factor, jitter, seed};
    return backoff(policy, "restart");
}

}  // namespace weir
