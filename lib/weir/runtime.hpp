/// Executors, time, blocking work, what runs streams.
/// Made by .ci/api.py from the public headers of the room.
#pragma once

#include <weir/runtime/async_function.hpp>
#include <weir/runtime/async_operation.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/backoff.hpp>
#include <weir/runtime/blocking.hpp>
#include <weir/runtime/blocking_call.hpp>
#include <weir/runtime/callback.hpp>
#include <weir/runtime/circuit_breaker.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/input_file.hpp>
#include <weir/runtime/par_for_each.hpp>
#include <weir/runtime/par_reduce.hpp>
#include <weir/runtime/parallel_executor.hpp>
#include <weir/runtime/pull.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/runtime/saturating.hpp>
#include <weir/runtime/terminal.hpp>
#include <weir/runtime/timeout_error.hpp>
