/// What `weir-load load` was asked to do.
#pragma once

#include <weir-load/progress.hpp>
#include <weir-load/staging.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "column_type.hpp"
#include "record_reader.hpp"

namespace weir_load::table_load {

/// What becomes of a table that is there.
enum class write_mode {
    create,    ///< there must be none
    append,    ///< rows are added
    truncate,  ///< its rows go, in the same transaction in which the new ones come
    replace,   ///< a new table takes its place when the load is complete
    ignore,    ///< rows are added; one whose key is taken is left out
    upsert,    ///< rows are added; one whose key is taken takes the place of the old one
};

enum class bad_record { reject, stop };

/// How many bad records end the load.
struct error_limit {
    std::uint64_t count = std::numeric_limits<std::uint64_t>::max();
    std::optional<double> percent;  ///< of all records; then `count` does not matter
};

using named_value = std::pair<std::string, std::string>;  ///< `NAME=VALUE`

struct options {
    std::vector<std::filesystem::path> files;
    std::filesystem::path database;
    std::string table;  ///< empty: named after the file
    write_mode mode = write_mode::create;

    input_rules input;
    std::vector<std::string> columns;     ///< names in the place of those of a header
    std::vector<std::string> null_words;  ///< besides the empty field
    bool trim = false;

    std::optional<std::uint64_t> infer_records = 10'000;  ///< none: all; 0: everything is text
    std::vector<std::pair<std::string, column_type>> types;
    std::string date_format;
    bool strict = false;

    std::vector<std::string> select;
    std::vector<named_value> rename;
    std::vector<named_value> map;
    bool missing_columns_null = false;
    bool extra_columns_ignored = false;
    std::vector<std::string> primary_key;
    std::vector<std::string> key;
    std::vector<std::vector<std::string>> indexes;
    std::vector<std::string> before;
    std::vector<std::string> after;

    bad_record on_error = bad_record::reject;
    error_limit max_errors;
    std::filesystem::path rejects;  ///< empty: named after database and table
    std::uint64_t rows_per_commit = 100'000;
    bool single_transaction = false;
    std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
    bool dry_run = false;
    allowances allow;
    bool fast = false;
    std::chrono::seconds lock_wait{10};
    progress_mode progress = progress_mode::automatic;
};

}  // namespace weir_load::table_load
