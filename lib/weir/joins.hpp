/// Several streams, and tables.
/// Made by .ci/api.py from the public headers of the room.
#pragma once

#include <weir/joins/branches.hpp>
#include <weir/joins/broadcast_hub.hpp>
#include <weir/joins/combine_latest.hpp>
#include <weir/joins/concat.hpp>
#include <weir/joins/fair_order.hpp>
#include <weir/joins/fan_out.hpp>
#include <weir/joins/interval_join.hpp>
#include <weir/joins/item_count.hpp>
#include <weir/joins/latest_join.hpp>
#include <weir/joins/lookup_join.hpp>
#include <weir/joins/merge.hpp>
#include <weir/joins/merge_hub.hpp>
#include <weir/joins/merge_preferred.hpp>
#include <weir/joins/merge_sorted.hpp>
#include <weir/joins/missing.hpp>
#include <weir/joins/partition.hpp>
#include <weir/joins/race.hpp>
#include <weir/joins/switch_latest.hpp>
#include <weir/joins/table_update.hpp>
#include <weir/joins/zip.hpp>
