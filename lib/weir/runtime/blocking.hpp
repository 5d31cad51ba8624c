/// Where blocking work goes: file reads, a database's C API. Never on the io_context's threads.
#pragma once

#include <weir/core/asio.hpp>

#include <stop_token>

namespace weir {

namespace detail {

/// The executor for blocking calls that belongs to the context `executor` runs on: a pool of a few
/// threads, made when first asked for and joined when the context is destroyed. Thread-safe.
/// Errors: `std::system_error`, "weir: cannot start a thread", if the system refuses one.
///
///     asio::post(weir::blocking_executor_of(cx.executor()), read_next_block);
asio::any_io_executor blocking_executor_of(const asio::any_io_executor& executor);

/// Asked to stop when the context of `executor` is destroyed. A blocking call that waits for
/// anything but the disk must end then, because the context waits for its blocking threads.
/// Thread-safe.
///
///     std::stop_callback giving_up(weir::blocking_stop_of(executor), [&] { reader.stop(); });
std::stop_token blocking_stop_of(const asio::any_io_executor& executor);

}  // namespace detail

/// Uses `replacement` for blocking work on `context` instead (tests: the context itself, so that
/// everything happens on one thread). Call it before anything runs there.
void set_blocking_executor(asio::execution_context& context, asio::any_io_executor replacement);

}  // namespace weir
