/// Texts that many trades share.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

namespace weir_enrich {

/// Keeps each text once, for as long as it lives itself: so a trade carries views, though the table
/// they came from may be replaced while it is on its way. A table that is read again adds only what
/// it did not say before. Thread-safe; the views may be read by anybody.
class texts {
public:
    std::string_view keep(std::string_view text) {
        const std::lock_guard lock(mutex_);
        return *kept_.emplace(text).first;
    }

private:
    std::mutex mutex_;
    std::unordered_set<std::string> kept_;
};

}  // namespace weir_enrich
