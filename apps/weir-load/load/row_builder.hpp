/// Records as rows of the table.
#pragma once

#include <shared/log.hpp>
#include <weir-load/load_counts.hpp>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "column_plan.hpp"
#include "field_reader.hpp"
#include "reject_output.hpp"
#include "row_batch.hpp"
#include "type_inference.hpp"

namespace weir_load::table_load {

/// Takes records that cannot be loaded: writes them down, counts them, ends the load when they are
/// too many. Thread-safe but for its log.
class bad_records {
public:
    /// Without `output` bad records are only counted.
    bad_records(const options& o, load_counts& counts, reject_output* output)
        : options_(&o), counts_(&counts), output_(output) {}

    /// Record `index` of `source`. `column`, with its `value`, is the one at fault; empty: it is
    /// the record as a whole. `refused`: by the database, not by the reader. Throws
    /// std::runtime_error where the load has to end because of it.
    void add(const raw_batch& source, std::size_t index, std::string_view column,
             std::string_view value, std::string_view reason, bool refused);
    /// Throws when the share of bad records is too large.
    void check_share() const;

private:
    const options* options_;
    load_counts* counts_;
    reject_output* output_;
    weir_apps::limited_log read_log_{"bad records"};
    weir_apps::limited_log refused_log_{"rows that the database refused"};
};

/// Too many records are bad: ends the load, and leaves the files of rejects.
class too_many_bad : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Makes rows of the records of one input.
class row_builder {
public:
    row_builder(const column_plan& plan, const record_reader& input, const options& o,
                bad_records& bad);

    /// The rows of the good records, at most `limit`; bad ones are handed to `bad_records`.
    row_batch build(raw_batch&& records, std::uint64_t limit);
    /// Adds the records to what is known of the columns' types, at most `limit` of them. Returns
    /// how many they were.
    std::uint64_t observe(const raw_batch& records, std::vector<type_evidence>& evidence,
                          std::uint64_t limit);

private:
    class mapped_fields;

    field_text text_of(const target_column& target, const weir::csv::record& record,
                       std::pmr::memory_resource& memory);
    bool fill(std::span<cell> to, row_batch& batch, std::size_t index);
    void reject(const row_batch& batch, std::size_t index, std::string_view column,
                std::string_view value, std::string_view reason);

    const column_plan* plan_;
    std::vector<std::size_t> fields_;
    field_rules rules_;
    bad_records* bad_;
};

}  // namespace weir_load::table_load
