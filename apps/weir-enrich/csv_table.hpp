/// The tables, from CSV files.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>

#include "reading_stopped.hpp"
#include "rows.hpp"
#include "texts.hpp"

namespace weir_enrich {

/// Reads a whole file of `instrument`s, `account`s or `rate`s, and throws for the first thing that
/// is wrong with it: a table that lacks a row is no table. The text of what is thrown names the
/// file, the line and the cause: csv::file_error, std::system_error, std::runtime_error. Of two
/// rows with the same key the second is an error. Throws `reading_stopped` when `stop` is asked for
/// before its end.
template <class Row>
std::shared_ptr<table_of<Row>> read_csv_table(const std::filesystem::path& file, texts& texts,
                                              const std::stop_token& stop = {});

}  // namespace weir_enrich
