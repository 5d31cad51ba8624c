/// The signals that end a pipeline.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/runtime/clock.hpp>

#include <asio/signal_set.hpp>

#include <csignal>

namespace weir {

/// SIGINT and SIGTERM, caught while it lives; afterwards they do what they did by default.
struct stop_signals {
    stop_signals(const asio::any_io_executor& executor, clock::duration d)
        : set(executor, SIGINT, SIGTERM), deadline(d) {}

    asio::signal_set set;
    clock::duration deadline;  // of the drain that the first one asks for
    bool seen = false;         // the first one
};

}  // namespace weir
