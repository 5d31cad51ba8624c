/// What a pipeline is made of, by name.
#pragma once

#include <weir/pipeline/source_gate.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace weir {

/// The parts of a pipeline that its streams refer to; shared with them. Thread-safe.
class pipeline_parts {
public:
    explicit pipeline_parts(std::string name);

    const std::shared_ptr<const std::string>& name() const noexcept { return name_; }

    /// The gate of the source of that name, made when first asked for.
    std::shared_ptr<source_gate> gate(const std::string& source);
    /// Shuts the gates of all sources, also of those to come.
    void shut_sources();

private:
    const std::shared_ptr<const std::string> name_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<source_gate>> gates_;
    bool shut_ = false;
};

}  // namespace weir
