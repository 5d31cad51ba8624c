#include "load_stop.hpp"

namespace weir_load {

void load_stop::set(weir::sqlite::database* db) {
    const std::lock_guard lock(mutex_);
    reading_into_ = db;
}

void load_stop::end() noexcept {
    const std::lock_guard lock(mutex_);
    if (reading_into_) {
        reading_into_->end_wait();
    } else {
        nothing_to_keep_.request_stop();
    }
}

}  // namespace weir_load
