/// Log lines on stderr: `weir-load: warning: ...`. Each is one line, whatever is in it: control
/// characters of file names and of the input are written as `\x1b`.
#pragma once

#include <spdlog/spdlog.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace weir_apps {

/// Makes spdlog's default logger that of the program of this name. Call it first. `over_a_bar`
/// makes each line wipe the progress bar that may stand where it is written.
void set_up_log(const std::string& program, bool over_a_bar = false);

/// Warns of the same kind of thing a few times, and then only says that it goes on.
/// Used by one thread at a time.
class limited_log {
public:
    /// `things` names what is warned of, in the plural.
    explicit limited_log(std::string things) : things_(std::move(things)) {}

    void warn(std::string_view message);

private:
    static constexpr std::uint64_t most = 20;

    std::string things_;
    std::uint64_t count_ = 0;
};

}  // namespace weir_apps
