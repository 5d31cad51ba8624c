#include <weir/pipeline/pipeline_parts.hpp>

#include <stdexcept>
#include <utility>

namespace weir {

pipeline_parts::pipeline_parts(std::string name)
    : name_(std::make_shared<const std::string>(std::move(name))) {
    if (name_->empty()) throw std::invalid_argument("weir::pipeline: a pipeline needs a name");
}

std::shared_ptr<source_gate> pipeline_parts::gate(const std::string& source) {
    const std::lock_guard lock(mutex_);
    auto& gate = gates_[source];
    if (!gate) {
        gate = std::make_shared<source_gate>();
        if (shut_) gate->shut();
    }
    return gate;
}

void pipeline_parts::shut_sources() {
    const std::lock_guard lock(mutex_);
    shut_ = true;
    for (auto& [name, gate] : gates_) gate->shut();
}

}  // namespace weir
