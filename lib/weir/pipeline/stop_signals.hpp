/// The signals that end a pipeline.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/runtime/clock.hpp>

#include <asio/signal_set.hpp>

#include <csignal>

namespace weir {

/// Catches SIGINT and SIGTERM while it exists; afterwards the signals have their default effect
/// again.
struct stop_signals {
    stop_signals(const asio::any_io_executor& executor, clock::duration d)
        : set(executor, SIGINT, SIGTERM), deadline(d) {}

    asio::signal_set set;
    clock::duration deadline;  // of the drain that the first signal requests
    bool seen = false;         // the first signal came
};

}  // namespace weir
