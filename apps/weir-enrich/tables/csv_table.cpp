#include "csv_table.hpp"

#include <fmt/format.h>
#include <weir-enrich/endpoints/csv_fields.hpp>
#include <weir-enrich/endpoints/pending_calls.hpp>
#include <weir-enrich/endpoints/regular_file.hpp>
#include <weir-enrich/tables/table_builder.hpp>

#include <optional>
#include <string>

namespace weir_enrich {

namespace csv = weir::csv;

template <class Row>
std::shared_ptr<table_of<Row>> read_csv_table(const std::filesystem::path& file,
                                              string_pool& strings, const std::stop_token& stop) {
    const std::string name = file.string();
    const pending_call here("reading", name);
    require_regular_file(name);
    csv::read_options options;
    options.block_size = std::size_t{1} << 20;
    csv::file_reader reader(file, options);
    const std::stop_callback halt(stop, [&reader] { reader.stop(); });
    std::optional<csv_fields<Row>> fields;
    table_builder<Row> table(strings);
    while (const auto batch = reader.next()) {
        if (!fields) fields.emplace(file, batch->columns());
        for (const csv::entry e : *batch) {
            if (!e.ok()) throw csv::file_error(file, e.error().message());
            Row row;
            std::string wrong = fields->read(e.record(), row);
            if (wrong.empty()) wrong = table.add(row);
            if (wrong.empty()) continue;
            throw csv::file_error(file, fmt::format("line {}: {}", e.record().where().line, wrong));
        }
    }
    if (stop.stop_requested()) throw reading_stopped(name);
    return table.take();
}

template std::shared_ptr<instrument_table> read_csv_table<instrument>(
    const std::filesystem::path& file, string_pool& strings, const std::stop_token& stop);
template std::shared_ptr<account_table> read_csv_table<account>(const std::filesystem::path& file,
                                                                string_pool& strings,
                                                                const std::stop_token& stop);
template std::shared_ptr<rate_table> read_csv_table<rate>(const std::filesystem::path& file,
                                                          string_pool& strings,
                                                          const std::stop_token& stop);

}  // namespace weir_enrich
