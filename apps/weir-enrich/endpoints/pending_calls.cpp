#include "pending_calls.hpp"

#include <algorithm>
#include <mutex>

namespace weir_enrich {

namespace {

// One for the process, because the time limit ends the whole process.
struct {
    std::mutex mutex;
    std::vector<const pending_call*> calls;
} under_way;

}  // namespace

pending_call::pending_call(std::string_view doing, const std::string& name)
    : doing_(doing), name_(name) {
    const std::lock_guard lock(under_way.mutex);
    under_way.calls.push_back(this);
}

pending_call::~pending_call() {
    const std::lock_guard lock(under_way.mutex);
    std::erase(under_way.calls, this);
}

std::string pending_call::text() const {
    return std::string(doing_) + ' ' + name_;
}

std::vector<std::string> pending_calls() {
    const std::lock_guard lock(under_way.mutex);
    std::vector<std::string> texts;
    texts.reserve(under_way.calls.size());
    for (const pending_call* call : under_way.calls) texts.push_back(call->text());
    return texts;
}

}  // namespace weir_enrich
