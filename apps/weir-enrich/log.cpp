#include "log.hpp"

#include <spdlog/sinks/stdout_sinks.h>

#include <memory>

namespace weir_enrich {

void set_up_log() {
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    auto logger = std::make_shared<spdlog::logger>("weir-enrich", std::move(sink));
    logger->set_pattern("weir-enrich: %l: %v");
    spdlog::set_default_logger(std::move(logger));
}

void limited_log::warn(std::string_view message) {
    if (++count_ > most) return;
    spdlog::warn("{}", message);
    if (count_ == most) spdlog::warn("further {} are not shown here, only counted", things_);
}

}  // namespace weir_enrich
