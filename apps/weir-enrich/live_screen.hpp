/// The live view on a terminal.
#pragma once

#include <spdlog/spdlog.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "painter.hpp"

namespace weir_enrich {

/// Whether pictures can be painted on the standard output: it is a terminal, and no dumb one.
bool can_be_painted_on();

/// Shows pictures on the standard output. Log lines that go to the same terminal meanwhile stand
/// before the picture. One at a time; thread-safe.
class live_screen {
public:
    /// The log writes around the picture from now on, while this is there.
    live_screen();
    live_screen(const live_screen&) = delete;
    live_screen& operator=(const live_screen&) = delete;
    ~live_screen();

    /// As it is now: the picture is made for it.
    static terminal_size size();
    void show(picture what);
    /// The picture stays as it is, without its footer. Nothing is shown from now on.
    void finish();
    /// Calls `write`, which writes lines to the terminal, with the picture out of the way.
    void write_before(const std::function<void()>& write);

private:
    std::mutex mutex_;
    painter painter_;
    std::optional<picture> shown_;
    bool finished_ = false;
    std::vector<spdlog::sink_ptr> sinks_;  // of the log, as they were
};

}  // namespace weir_enrich
