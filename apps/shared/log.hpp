/// Log lines on stderr: `weir-load: warning: ...`. Each message is one line: control characters of
/// file names and of the input are written as `\x1b`.
#pragma once

#include <spdlog/spdlog.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace weir_apps {

/// Sets up spdlog's default logger for the program of this name. Call it first. With `over_a_bar`
/// each line first clears a progress bar on its row.
void set_up_log(const std::string& program, bool over_a_bar = false);

/// Logs the first few warnings of one kind, and then one line that says there are more.
/// Used by one thread at a time.
class limited_log {
public:
    /// `things` names the subject of the warnings, in the plural.
    explicit limited_log(std::string things) : things_(std::move(things)) {}

    void warn(std::string_view message);

private:
    static constexpr std::uint64_t most = 20;

    std::string things_;
    std::uint64_t count_ = 0;
};

}  // namespace weir_apps
