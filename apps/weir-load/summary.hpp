/// The final message of a load.
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
    weir::csv::position next;  ///< the begin of the records that were not loaded
    bool interrupted = false;
    std::string failed_after;  ///< the failures after the table was published; empty: none
};

/// One line of text for users.
std::string summary(const load_result& result, const load_state& state, const load_counts& counts);
/// One JSON object.
std::string json_summary(const load_result& result, const load_state& state,
                         const load_counts& counts);
/// One JSON object for a load that failed.
std::string json_failure(std::string_view error);
/// One JSON object for a load that was interrupted before it published any row.
std::string json_interrupted(std::string_view why);

}  // namespace weir_load
