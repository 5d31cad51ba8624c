#include <shared/log.hpp>
#include <spdlog/sinks/stdout_sinks.h>

#include <memory>
#include <utility>

namespace weir_apps {

void set_up_log(const std::string& program, bool over_a_bar) {
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    auto logger = std::make_shared<spdlog::logger>(program, std::move(sink));
    logger->set_pattern((over_a_bar ? "\r\x1b[K" : "") + program + ": %l: %v");
    spdlog::set_default_logger(std::move(logger));
}

void limited_log::warn(std::string_view message) {
    if (++count_ > most) return;
    spdlog::warn("{}", message);
    if (count_ == most) spdlog::warn("further {} are not shown here, only counted", things_);
}

}  // namespace weir_apps
