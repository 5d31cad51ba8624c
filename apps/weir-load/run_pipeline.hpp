/// `weir-load run-pipeline`: loads a CSV file of people into a SQLite database.
#pragma once

#include <shared/exit_code.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>

#include "people.hpp"
#include "progress.hpp"
#include "staging.hpp"

namespace weir_load {

using weir_apps::exit_code;

enum class id_kind { uuid7, uuid4 };

struct load_options {
    std::filesystem::path input = "people.csv";
    std::filesystem::path database = "people.db";
    std::filesystem::path rejects;  ///< `<database>.rejects.csv` when empty
    char delimiter = ',';
    encoding text = encoding::utf8;
    bad_age on_bad_age = bad_age::reject;
    id_kind ids = id_kind::uuid7;
    std::uint64_t rows_per_commit = 100'000;
    std::chrono::seconds lock_wait{10};
    allowances allow;
    bool fast = false;
    bool vacuum = false;
    progress_mode progress = progress_mode::automatic;
};

/// Loads the file. Throws errors that end the load (sqlite::database_error, csv::file_error,
/// std::system_error, each with a text that names the file and the cause). Then the table people is
/// unchanged, and a database that did not exist is removed again. A failure after the table was
/// published is not thrown but reported: `exit_code::after_failed`.
exit_code run_pipeline(const load_options& options);

}  // namespace weir_load
