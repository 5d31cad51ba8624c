#include "people.hpp"

#include <fmt/format.h>

#include <string>

namespace weir_load {

namespace {

weir::csv::position place_of(const weir::csv::batch& records, std::size_t index) {
    if (index == records.size()) return records.covers().end;
    const auto entry = records[index];
    return entry.ok() ? entry.record().where() : entry.error().where;
}

}  // namespace

std::size_t processor::fill(people_batch& to, const weir::csv::batch& records, std::size_t from) {
    if (!columns_) columns_ = find_columns(input_, records.columns());
    std::size_t i = from;
    std::visit(
        [&](auto& ids) {
            for (; i != records.size() && !to.full(); ++i) {
                if (const auto entry = records[i]; entry.ok()) {
                    add(to, entry.record(), ids.next());
                } else {
                    reject(entry.error());
                }
            }
        },
        ids_);
    to.next = place_of(records, i);
    counts_.read_line.store(to.next.line, std::memory_order_relaxed);
    counts_.read_byte.store(to.next.offset, std::memory_order_relaxed);
    return i;
}

void processor::add(people_batch& to, const weir::csv::record& record, const uuid& id) {
    const person_fields fields{record[columns_->first_name], record[columns_->last_name],
                               record[columns_->age]};
    const std::uint64_t line = record.where().line;
    if (to.add(fields, id, line)) return;
    load_counts::add(counts_.unread_ages, 1);
    unread_ages_.warn(fmt::format("{}: line {}: the age \"{}\" is not a whole number: 0 is loaded",
                                  input_.string(), line, fields.age.substr(0, 40)));
}

void processor::reject(const weir::csv::record_error& error) {
    load_counts::add(counts_.bad_records, 1);
    rejects_.add(error.where.line, error.reason_text(), error.text);
    bad_records_.warn(fmt::format("{}: {}: skipped", input_.string(), error.message()));
}

}  // namespace weir_load
