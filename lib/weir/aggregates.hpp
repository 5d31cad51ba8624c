/// Values that items are added to.
/// Made by .ci/api.py from the public headers of the room.
#pragma once

#include <weir/aggregates/aggregate.hpp>
#include <weir/aggregates/count.hpp>
#include <weir/aggregates/ewma.hpp>
#include <weir/aggregates/extreme.hpp>
#include <weir/aggregates/mean.hpp>
#include <weir/aggregates/quantile.hpp>
#include <weir/aggregates/sum.hpp>
#include <weir/aggregates/variance.hpp>
