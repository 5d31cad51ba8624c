#include "read_tables.hpp"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <string>

#include "csv_fields.hpp"

namespace weir_enrich {

namespace {

namespace csv = weir::csv;
namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& file, const csv::record& where, const std::string& why) {
    throw csv::file_error(file, fmt::format("line {}: {}", where.where().line, why));
}

/// Calls `add(row)` for each record; it says what is wrong with the row, or nothing.
template <class Row, class Add>
void read_rows(const fs::path& file, Add add) {
    csv::read_options options;
    options.block_size = std::size_t{1} << 20;
    csv::file_reader reader(file, options);
    std::optional<csv_fields<Row>> fields;
    while (const auto batch = reader.next()) {
        if (!fields) fields.emplace(file, batch->columns());
        for (const csv::entry e : *batch) {
            if (!e.ok()) throw csv::file_error(file, e.error().message());
            Row row;
            std::string wrong = fields->read(e.record(), row);
            if (wrong.empty()) wrong = add(row);
            if (!wrong.empty()) fail(file, e.record(), wrong);
        }
    }
}

std::string twice(bool inserted, const char* key) {
    return inserted ? std::string() : fmt::format("{}: is there twice", key);
}

}  // namespace

std::shared_ptr<instrument_table> read_instruments(const fs::path& file, texts& texts) {
    auto table = std::make_shared<instrument_table>();
    read_rows<instrument>(file, [&](instrument row) -> std::string {
        if (!is_currency(row.currency)) return "currency: must have 1 to 8 characters";
        row.rate_key = key_of(row.currency);
        row.symbol = texts.keep(row.symbol);
        row.name = texts.keep(row.name);
        row.currency = texts.keep(row.currency);
        return twice(table->emplace(row.instrument_id, row).second, "instrument_id");
    });
    return table;
}

std::shared_ptr<account_table> read_accounts(const fs::path& file, texts& texts) {
    auto table = std::make_shared<account_table>();
    read_rows<account>(file, [&](account row) -> std::string {
        if (!std::isfinite(row.fee_rate)) return "fee_rate: must be a number";
        row.name = texts.keep(row.name);
        row.tier = texts.keep(row.tier);
        return twice(table->emplace(row.user_id, row).second, "user_id");
    });
    return table;
}

std::shared_ptr<rate_table> read_rates(const fs::path& file, texts& texts) {
    auto table = std::make_shared<rate_table>();
    read_rows<rate>(file, [&](rate row) -> std::string {
        if (!is_currency(row.currency)) return "currency: must have 1 to 8 characters";
        if (!std::isfinite(row.to_base) || row.to_base <= 0) return "rate: must be above 0";
        row.currency = texts.keep(row.currency);
        return twice(table->emplace(key_of(row.currency), row).second, "currency");
    });
    return table;
}

}  // namespace weir_enrich
