/// Log lines on stderr: `weir-enrich: warning: ...`.
#pragma once

#include <spdlog/spdlog.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace weir_enrich {

/// Makes spdlog's default logger the program's. Call it first.
void set_up_log();

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

}  // namespace weir_enrich
