/// Where streams begin.
/// Made by .ci/api.py from the public headers of the room.
#pragma once

#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_async.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/sources/generate.hpp>
#include <weir/sources/generator.hpp>
#include <weir/sources/interval.hpp>
#include <weir/sources/retry_stream.hpp>
#include <weir/sources/using_resource.hpp>
