#include "people.hpp"

#include <weir/core/utf8.hpp>

#include <fmt/format.h>
#include <shared/printable.hpp>

#include <string>

namespace weir_load {

namespace {

weir::csv::position guard_of(const weir::csv::batch& records, std::size_t index) {
    if (index == records.size()) return records.covers().end;
    const auto entry = records[index];
    return entry.ok() ? entry.record().where() : entry.error().where;
}

}  // namespace

std::size_t processor::fill(people_batch& to, const weir::csv::batch& records, std::size_t from) {
    if (!columns_) columns_ = find_columns(input_, records.columns(), rules_.delimiter);
    std::size_t i = from;
    std::visit(
        [&](auto& ids) {
            for (; i != records.size() && !to.full(); ++i) {
                if (const auto entry = records[i]; !entry.ok()) {
                    reject(entry.error());
                } else if (const auto person = accept(entry.record())) {
                    to.add(person->fields, person->age, ids.next(), entry.record().where().line);
                }
            }
        },
        ids_);
    to.next = guard_of(records, i);
    counts_.read_line.store(to.next.line, std::memory_order_relaxed);
    counts_.read_byte.store(to.next.offset, std::memory_order_relaxed);
    return i;
}

/// Returns nothing when the record was rejected.
std::optional<processor::accepted> processor::accept(const weir::csv::record& record) {
    person_fields fields{record[columns_->first_name], record[columns_->last_name],
                         record[columns_->age]};
    if (rules_.text == encoding::windows_1252) {
        fields = to_utf8(fields);
    } else if (rules_.text == encoding::utf8) {
        const bool first_good = weir::is_utf8(fields.first_name);
        if (!first_good || !weir::is_utf8(fields.last_name)) {
            reject(record,
                   fmt::format("the {} is no UTF-8", first_good ? "last_name" : "first_name"));
            return std::nullopt;
        }
    }
    const auto age = accept_age(record, fields.age);
    if (!age) return std::nullopt;
    return accepted{fields, *age};
}

std::optional<read_age> processor::accept_age(const weir::csv::record& record,
                                              std::string_view text) {
    const read_age age = parse_age(text);
    if (age.what != read_age::form::unreadable) return age;
    const std::string reason =
        fmt::format("the age \"{}\" is not a whole number", weir_apps::as_utf8(text.substr(0, 40)));
    if (rules_.on_bad_age == bad_age::reject) {
        reject(record, reason);
        return std::nullopt;
    }
    load_counts::add(counts_.unread_ages, 1);
    unread_ages_.warn(fmt::format("{}: line {}: {}: NULL is loaded", input_name(input_),
                                  record.where().line, reason));
    return age;
}

person_fields processor::to_utf8(const person_fields& fields) {
    decoded_.clear();
    append_windows_1252(decoded_, fields.first_name);
    const std::size_t first = decoded_.size();
    append_windows_1252(decoded_, fields.last_name);
    const std::string_view all = decoded_;
    return {all.substr(0, first), all.substr(first), fields.age};
}

void processor::reject(const weir::csv::record_error& error) {
    load_counts::add(counts_.bad_records, 1);
    rejects_.add(error.where.line, error.reason_text(), error.text);
    bad_records_.warn(fmt::format("{}: {}: skipped", input_name(input_), error.message()));
}

/// Rejects a record that is good CSV.
void processor::reject(const weir::csv::record& record, const std::string& reason) {
    std::string text;
    for (std::size_t i = 0; i != record.size(); ++i) {
        if (i != 0) text += rules_.delimiter;
        text += csv_record({record[i]});
    }
    load_counts::add(counts_.bad_records, 1);
    rejects_.add(record.where().line, reason, text);
    bad_records_.warn(
        fmt::format("{}: line {}: {}: skipped", input_name(input_), record.where().line, reason));
}

}  // namespace weir_load
