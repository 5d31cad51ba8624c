/// CSV files.
/// Made by .ci/api.py from the public headers of the room.
#pragma once

#include <weir/connectors/csv/batch.hpp>
#include <weir/connectors/csv/columns.hpp>
#include <weir/connectors/csv/dialect.hpp>
#include <weir/connectors/csv/fault.hpp>
#include <weir/connectors/csv/file_reader.hpp>
#include <weir/connectors/csv/foreign.hpp>
#include <weir/connectors/csv/parser.hpp>
#include <weir/connectors/csv/position.hpp>
#include <weir/connectors/csv/read.hpp>
#include <weir/connectors/csv/record.hpp>
