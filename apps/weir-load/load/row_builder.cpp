#include "row_builder.hpp"

#include <fmt/format.h>
#include <weir-load/text.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace weir_load::table_load {

namespace csv = weir::csv;

void bad_records::add(const raw_batch& source, std::size_t index, std::string_view column,
                      std::string_view value, std::string_view why, bool refused) {
    if (!output_) {
        load_counts::add(counts_->bad_records, 1);
        return;
    }
    const csv::position where = source.guard_of(index);
    const record_origin& origin = *source.origin;
    const rejected_record record{origin.label,
                                 origin.header,
                                 source.raw_record(index),
                                 where.line,
                                 where.offset,
                                 column,
                                 value,
                                 why};
    std::string reason(record.reason);
    if (!record.column.empty()) {
        constexpr std::size_t most = 60;
        reason = fmt::format("column {}: '{}'{} {}", column, value.substr(0, most),
                             value.size() > most ? "..." : "", why);
    }
    const std::string text = fmt::format("{}: line {}: {}", record.file, record.line, reason);
    if (options_->on_error == bad_record::stop) {
        throw std::runtime_error(text + " (--on-error reject goes on, and keeps such records)");
    }
    output_->add(record);
    load_counts::add(refused ? counts_->refused_rows : counts_->bad_records, 1);
    (refused ? refused_log_ : read_log_).warn(text);
    if (!options_->max_errors.percent && counts_->rejected() > options_->max_errors.count) {
        throw too_many_bad(fmt::format("more than {} are bad (--max-errors {}), the last: {}",
                                       counted(options_->max_errors.count, "record", "records"),
                                       options_->max_errors.count, text));
    }
}

void bad_records::check_share() const {
    if (!options_->max_errors.percent) return;
    const auto bad = static_cast<double>(counts_->rejected());
    const auto all = bad + static_cast<double>(load_counts::get(counts_->rows));
    if (bad * 100 <= *options_->max_errors.percent * all) return;
    throw too_many_bad(fmt::format(
        "{} of {} records are bad, more than {} % (--max-errors)", grouped(counts_->rejected()),
        grouped(static_cast<std::uint64_t>(all)), *options_->max_errors.percent));
}

/// What a --map reads: fields of one record.
class row_builder::mapped_fields final : public map_fields {
public:
    mapped_fields(row_builder& builder, const csv::record& record,
                  std::pmr::memory_resource& memory)
        : builder_(&builder), record_(&record), memory_(&memory) {}

    map_value field(std::size_t column) override {
        const std::size_t index = builder_->fields_[column];
        if (index == no_field) return std::nullopt;
        const field_text text = read_field(*record_, index, builder_->rules_, *memory_);
        bad_utf8_ = bad_utf8_ || text.bad_utf8;
        if (text.is_null && !text.quoted_empty) return std::nullopt;
        return text.text;
    }
    std::pmr::memory_resource& memory() override { return *memory_; }
    bool bad_utf8() const noexcept { return bad_utf8_; }

private:
    row_builder* builder_;
    const csv::record* record_;
    std::pmr::memory_resource* memory_;
    bool bad_utf8_ = false;
};

row_builder::row_builder(const column_plan& plan, const record_reader& input, const options& o,
                         bad_records& bad)
    : plan_(&plan),
      fields_(fit_input(plan, input, o)),
      rules_{input.text(), input.dialect().rules.quote, o.trim, &o.null_words},
      bad_(&bad) {}

field_text row_builder::text_of(const target_column& target, const csv::record& record,
                                std::pmr::memory_resource& memory) {
    if (!target.map) {
        const std::size_t index = fields_[target.source];
        if (index == no_field) return {{}, true};
        return read_field(record, index, rules_, memory);
    }
    mapped_fields fields(*this, record, memory);
    const map_value value = target.map->value(fields);
    field_text text{value.value_or(std::string_view()), !value, value && value->empty()};
    text.is_null = text.text.empty();
    text.bad_utf8 = fields.bad_utf8();
    return text;
}

bool row_builder::fill(std::span<cell> to, row_batch& batch, std::size_t index) {
    const csv::record record = batch.source().records[index].record();
    for (std::size_t i = 0; i != to.size(); ++i) {
        const target_column& target = plan_->targets[i];
        const field_text field = text_of(target, record, batch.memory());
        if (field.is_null) {
            const bool empty_text = field.quoted_empty && target.rules.type == column_type::text;
            to[i] = empty_text ? cell(std::string_view("")) : cell();
            continue;
        }
        if (field.bad_utf8) {
            reject(batch, index, target.name, field.text,
                   "is not UTF-8 (--encoding says what it is)");
            return false;
        }
        const parsed_value value = parse_value(field.text, target.rules, batch.memory());
        if (!value.ok()) {
            reject(batch, index, target.name, field.text, value.fault);
            return false;
        }
        to[i] = value.value;
    }
    return true;
}

row_batch row_builder::build(raw_batch&& records, std::uint64_t limit) {
    row_batch batch(std::move(records));
    const csv::batch& source = batch.source().records;
    const std::size_t columns = plan_->targets.size();
    batch.reserve(source.size(), columns);
    for (std::size_t i = 0; i != source.size() && batch.size() != limit; ++i) {
        const csv::entry entry = source[i];
        if (!entry.ok()) {
            reject(batch, i, {}, {}, entry.error().reason_text());
            continue;
        }
        const std::span<cell> cells = batch.next_cells(columns);
        if (fill(cells, batch, i)) batch.add(cells, i);
    }
    return batch;
}

std::uint64_t row_builder::observe(const raw_batch& records, std::vector<type_evidence>& evidence,
                                   std::uint64_t limit) {
    std::uint64_t seen = 0;
    std::pmr::monotonic_buffer_resource memory;
    const date_format* const dates = plan_->dates ? &*plan_->dates : nullptr;
    for (const csv::entry entry : records.records) {
        if (seen == limit) break;
        if (!entry.ok()) continue;
        ++seen;
        const csv::record record = entry.record();
        const std::uint64_t line = records.origin->guard_of(record.where()).line;
        for (std::size_t i = 0; i != evidence.size(); ++i) {
            const field_text field = text_of(plan_->targets[i], record, memory);
            if (field.is_null) {
                evidence[i].add_null();
            } else {
                evidence[i].add(field.text, line, dates);
            }
        }
        memory.release();
    }
    return seen;
}

void row_builder::reject(const row_batch& batch, std::size_t index, std::string_view column,
                         std::string_view value, std::string_view reason) {
    bad_->add(batch.source(), index, column, value, reason, false);
}

}  // namespace weir_load::table_load
