#pragma once
#include <weir/testing/interleave_pending.hpp>
#include <weir/testing/strict.hpp>
