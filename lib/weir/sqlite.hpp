/// SQLite tables.
/// Made by .ci/api.py from the public headers of the room.
#pragma once

#include <weir/connectors/sqlite/batch_writer.hpp>
#include <weir/connectors/sqlite/bind.hpp>
#include <weir/connectors/sqlite/database.hpp>
#include <weir/connectors/sqlite/error.hpp>
#include <weir/connectors/sqlite/insert_into.hpp>
#include <weir/connectors/sqlite/insert_session.hpp>
#include <weir/connectors/sqlite/row.hpp>
#include <weir/connectors/sqlite/schema.hpp>
#include <weir/connectors/sqlite/sql_words.hpp>
#include <weir/connectors/sqlite/staged_table.hpp>
#include <weir/connectors/sqlite/statement.hpp>
#include <weir/connectors/sqlite/table.hpp>
#include <weir/connectors/sqlite/table_lock.hpp>
