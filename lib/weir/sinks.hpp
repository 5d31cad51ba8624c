/// Where streams end.
/// Made by .ci/api.py from the public headers of the room.
#pragma once

#include <weir/sinks/count.hpp>
#include <weir/sinks/discard.hpp>
#include <weir/sinks/first.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/for_each_concurrent.hpp>
#include <weir/sinks/into.hpp>
#include <weir/sinks/into_broadcast.hpp>
#include <weir/sinks/last.hpp>
#include <weir/sinks/reduce.hpp>
#include <weir/sinks/to.hpp>
