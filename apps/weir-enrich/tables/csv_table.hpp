/// The tables, from CSV files.
#pragma once

#include <weir-enrich/model/rows.hpp>
#include <weir-enrich/model/string_pool.hpp>
#include <weir-enrich/tables/reading_stopped.hpp>

#include <filesystem>
#include <memory>
#include <stop_token>

namespace weir_enrich {

/// Reads a whole file of `instrument`s, `account`s or `rate`s. Throws at the first invalid row,
/// because a table that lacks a row would give wrong results. A second row with the same key is
/// invalid.
/// Errors: csv::file_error, std::system_error, std::runtime_error, whose text names the file, the
/// line and the cause; `reading_stopped` after a stop request.
template <class Row>
std::shared_ptr<table_of<Row>> read_csv_table(const std::filesystem::path& file,
                                              string_pool& strings,
                                              const std::stop_token& stop = {});

}  // namespace weir_enrich
