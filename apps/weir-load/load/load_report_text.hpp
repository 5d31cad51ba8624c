/// What `load` says at its end.
#pragma once

#include <weir/connectors/csv/position.hpp>

#include <weir-load/load_counts.hpp>
#include <weir-load/progress.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "table_load_options.hpp"

namespace weir_load::table_load {

struct load_end {
    std::uint64_t rows = 0;     ///< in the table, of this load
    std::uint64_t ignored = 0;  ///< whose key was taken
    bool interrupted = false;
    std::string next_file;          ///< where the records begin that were not read;
    weir::csv::position next;       ///< only when interrupted
    std::filesystem::path rejects;  ///< where the rejected records are
    std::string failed_after;       ///< what failed when the rows were in the table
    double reading_share = 0;       ///< of the time, in which records were read and made rows
};

/// One line for people.
std::string end_text(const options& o, const load_end& end, const load_state& state,
                     const load_counts& counts);
/// One JSON object.
std::string end_json(const options& o, const load_end& end, const load_state& state,
                     const load_counts& counts);

}  // namespace weir_load::table_load
