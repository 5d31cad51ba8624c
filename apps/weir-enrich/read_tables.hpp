/// The tables, from CSV files.
#pragma once

#include <filesystem>
#include <memory>

#include "rows.hpp"
#include "texts.hpp"

namespace weir_enrich {

/// Each reads a whole file, and throws for the first thing that is wrong with it: a table that
/// lacks a row is no table. The text of what is thrown names the file, the line and the cause:
/// csv::file_error, std::system_error. Of two rows with the same key the second is an error.
std::shared_ptr<instrument_table> read_instruments(const std::filesystem::path& file, texts& texts);
std::shared_ptr<account_table> read_accounts(const std::filesystem::path& file, texts& texts);
std::shared_ptr<rate_table> read_rates(const std::filesystem::path& file, texts& texts);

}  // namespace weir_enrich
