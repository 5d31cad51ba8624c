#include <shared/log.hpp>
#include <shared/printable.hpp>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <memory>
#include <utility>

namespace weir_apps {

namespace {

/// The message made printable, because it may have file names and input in it.
class printable_message final : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& msg, const std::tm&,
                spdlog::memory_buf_t& to) override {
        const std::string text = printable({msg.payload.data(), msg.payload.size()});
        to.append(text.data(), text.data() + text.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<printable_message>();
    }
};

}  // namespace

void set_up_log(const std::string& program, bool over_a_bar) {
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    auto logger = std::make_shared<spdlog::logger>(program, std::move(sink));
    auto pattern = std::make_unique<spdlog::pattern_formatter>();
    pattern->add_flag<printable_message>('*');
    pattern->set_pattern((over_a_bar ? "\r\x1b[K" : "") + program + ": %l: %*");
    logger->set_formatter(std::move(pattern));
    spdlog::set_default_logger(std::move(logger));
}

void limited_log::warn(std::string_view message) {
    if (++count_ > most) return;
    spdlog::warn("{}", message);
    if (count_ == most) spdlog::warn("further {} are not shown here, only counted", things_);
}

}  // namespace weir_apps
