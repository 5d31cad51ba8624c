/// All of weir that needs nothing but Asio and Abseil.
/// Made by .ci/api.py from the public headers of the room.
#pragma once

#include <weir/aggregates.hpp>
#include <weir/channel.hpp>
#include <weir/core.hpp>
#include <weir/joins.hpp>
#include <weir/operators.hpp>
#include <weir/pipeline.hpp>
#include <weir/runtime.hpp>
#include <weir/sinks.hpp>
#include <weir/sources.hpp>
#include <weir/version.hpp>
