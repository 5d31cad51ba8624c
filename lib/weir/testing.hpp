/// The kit to test with.
/// Made by .ci/api.py from the public headers of the room.
#pragma once

#include <weir/testing/drive.hpp>
#include <weir/testing/expect.hpp>
#include <weir/testing/fault_plan.hpp>
#include <weir/testing/for_seeds.hpp>
#include <weir/testing/interleave_pending.hpp>
#include <weir/testing/probe_sink.hpp>
#include <weir/testing/random.hpp>
#include <weir/testing/resource.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/seeded_context.hpp>
#include <weir/testing/strict.hpp>
#include <weir/testing/suspend_at_random.hpp>
#include <weir/testing/virtual_clock.hpp>
#include <weir/testing/virtual_timer.hpp>
