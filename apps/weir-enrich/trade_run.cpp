#include "trade_run.hpp"

namespace weir_enrich {

run_pool::run_pool(std::size_t trades_a_run) : most_(trades_a_run) {
    for (std::size_t i = 0; i != ready; ++i) put(make());
}

owned_run run_pool::take() {
    return {spare().release(), give_back{shared_from_this()}};
}

std::unique_ptr<trade_run> run_pool::make() {
    auto run = std::make_unique<trade_run>();
    // All of it is touched now, and not little by little as runs happen to be larger.
    run->trades.resize(most_);
    run->trades.clear();
    spare_.reserve(++made_);  // so that `put` cannot fail
    return run;
}

std::unique_ptr<trade_run> run_pool::spare() {
    const std::lock_guard lock(mutex_);
    if (spare_.empty()) return make();
    auto run = std::move(spare_.front());
    spare_.erase(spare_.begin());
    return run;
}

void run_pool::put(std::unique_ptr<trade_run> run) noexcept {
    run->trades.clear();
    for (std::string& bytes : run->bytes) bytes.clear();
    run->texts = {};
    const std::lock_guard lock(mutex_);
    spare_.push_back(std::move(run));
}

}  // namespace weir_enrich
