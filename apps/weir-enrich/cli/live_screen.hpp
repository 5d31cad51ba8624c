/// The live view on a terminal.
#pragma once

#include <spdlog/spdlog.h>
#include <weir-enrich/cli/painter.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace weir_enrich {

/// True if the standard output is a terminal that can move its cursor.
bool can_be_painted_on();

/// Shows pictures on the standard output. Log lines that go to the same terminal are written above
/// the picture. One object at a time; thread-safe.
class live_screen {
public:
    /// While this object exists, the log writes above the picture.
    live_screen();
    live_screen(const live_screen&) = delete;
    live_screen& operator=(const live_screen&) = delete;
    ~live_screen();

    /// The current size of the terminal.
    static terminal_size size();
    void show(picture what);
    /// Leaves the picture as it is, without its footer. Nothing is shown after this.
    void finish();
    /// Removes the picture, calls `write`, which writes lines to the terminal, and paints again.
    void write_before(const std::function<void()>& write);

private:
    std::mutex mutex_;
    painter painter_;
    std::optional<picture> shown_;
    bool finished_ = false;
    std::vector<spdlog::sink_ptr> sinks_;  // those of the log before
};

}  // namespace weir_enrich
