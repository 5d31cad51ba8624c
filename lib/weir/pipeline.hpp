/// Several segments under one owner.
/// Made by .ci/api.py from the public headers of the room.
#pragma once

#include <weir/pipeline/counted_step.hpp>
#include <weir/pipeline/drain_report.hpp>
#include <weir/pipeline/graph.hpp>
#include <weir/pipeline/ledger.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/pipeline/pipeline_channel.hpp>
#include <weir/pipeline/pipeline_error.hpp>
#include <weir/pipeline/record_count.hpp>
#include <weir/pipeline/restart.hpp>
#include <weir/pipeline/reusable_sender.hpp>
#include <weir/pipeline/stop_signals.hpp>
