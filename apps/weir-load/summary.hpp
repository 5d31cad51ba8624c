/// What a load says when it is over.
#pragma once

#include <weir/connectors/csv/position.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "load_counts.hpp"
#include "progress.hpp"

namespace weir_load {

struct load_result {
    std::filesystem::path input;
    std::filesystem::path database;
    std::filesystem::path rejects;
    std::uint64_t rows = 0;    ///< in the table
    weir::csv::position next;  ///< where the records begin that were not loaded
    bool interrupted = false;
    std::string failed_after;  ///< what failed when the table was in its place; empty: nothing
};

/// One line for people.
std::string summary(const load_result& result, const load_state& state, const load_counts& counts);
/// One JSON object.
std::string json_summary(const load_result& result, const load_state& state,
                         const load_counts& counts);
/// One JSON object for a load that failed.
std::string json_failure(std::string_view error);
/// One JSON object for a load that was interrupted, of which nothing is in the table.
std::string json_interrupted(std::string_view why);

}  // namespace weir_load
