#include "load_inputs.hpp"

#include <weir/connectors/csv/file_reader.hpp>

#include <fmt/format.h>
#include <shared/exit_code.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace weir_load::table_load {

namespace {

/// Of a pipe the records that types were told from are kept, in no more memory than this.
constexpr std::size_t most_kept = std::size_t{32} << 20;

}  // namespace

std::uint64_t load_inputs::sample_of_each() const {
    if (!options_->infer_records) return std::numeric_limits<std::uint64_t>::max();
    constexpr std::uint64_t least = 100;
    const std::uint64_t share = *options_->infer_records / options_->files.size();
    return std::max(share, std::min(least, *options_->infer_records));
}

input_survey load_inputs::survey(column_plan& plan) {
    input_survey found;
    found.bytes = 0;
    opened_.resize(size());
    for (std::size_t i = 0; i != size() && !survey_state_.stopped; ++i) look_at(i, plan, found);
    return found;
}

void load_inputs::look_at(std::size_t index, column_plan& plan, input_survey& found) {
    const std::filesystem::path& path = options_->files[index];
    std::error_code ignored;
    const bool file = path != "-" && std::filesystem::is_regular_file(path, ignored);
    auto reader =
        std::make_unique<record_reader>(path, options_->input, file ? survey_state_ : *state_);
    reader->open();
    if (survey_state_.stopped) return;
    if (!file && !options_->infer_records) {
        throw weir_apps::usage_error(fmt::format(
            "--infer all: {} can be read only once; say how many records to look at, or --type",
            input_label(path)));
    }
    if (file && found.bytes) {
        *found.bytes += reader->size().value_or(0);
    } else {
        found.bytes = reader->size();
    }
    if (index == 0) {
        make_plan(plan, *reader, *options_);
        found.evidence.resize(plan.targets.size());
    }
    load_counts none;
    bad_records bad(*options_, none, nullptr);
    row_builder builder(plan, *reader, *options_, bad);
    opened& to = opened_[index];
    std::uint64_t left = sample_of_each();
    std::size_t kept_bytes = 0;
    while (left != 0 && kept_bytes < most_kept) {
        auto records = reader->next();
        if (!records) break;
        const std::uint64_t seen = builder.observe(*records, found.evidence, left);
        left -= seen;
        found.records += seen;
        const bool first = index == 0 && !first_records_ && options_->dry_run;
        if (!file || first) {
            kept_bytes += file ? 0 : records->raw.size();
            to.kept.push_back(std::move(*records));
        }
        if (first) {
            first_records_ = std::move(to.kept.front());
            to.kept.pop_front();
        }
    }
    if (index == 0 && options_->dry_run) {
        if (!first_records_) first_records_ = reader->next();
        first_ = std::move(reader);
    } else if (!file) {
        to.reader = std::move(reader);
    }
}

load_inputs::opened load_inputs::open(std::size_t index) {
    opened input = std::move(opened_[index]);
    if (input.reader) return input;
    input.reader =
        std::make_unique<record_reader>(options_->files[index], options_->input, *state_);
    input.reader->open();
    return input;
}

std::optional<raw_batch> load_inputs::take_first_records() {
    return std::exchange(first_records_, std::nullopt);
}

std::optional<raw_batch> row_source::next_records() {
    while (!state_->stopped.load(std::memory_order_relaxed)) {
        if (!current_.reader) {
            if (index_ == inputs_->size()) return std::nullopt;
            current_ = inputs_->open(index_++);
            if (state_->stopped.load(std::memory_order_relaxed)) break;
            builder_.emplace(*plan_, *current_.reader, *options_, *bad_);
        }
        if (!current_.kept.empty()) {
            raw_batch kept = std::move(current_.kept.front());
            current_.kept.pop_front();
            return kept;
        }
        if (auto records = current_.reader->next()) return records;
        builder_.reset();
        if (!state_->stopped.load(std::memory_order_relaxed)) current_.reader.reset();
    }
    return std::nullopt;
}

std::optional<row_batch> row_source::next_rows() {
    while (left_ != 0) {
        auto records = next_records();
        if (!records) break;
        row_batch rows = builder_->build(std::move(*records), left_);
        left_ -= std::min<std::uint64_t>(left_, rows.size());
        if (rows.size() != 0) return rows;
    }
    if (!state_->stopped.load(std::memory_order_relaxed)) complete_.store(true);
    return std::nullopt;
}

std::optional<row_batch> row_source::next() {
    const auto begin = std::chrono::steady_clock::now();
    auto rows = next_rows();
    const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - begin;
    busy_.fetch_add(took.count(), std::memory_order_relaxed);
    return rows;
}

}  // namespace weir_load::table_load
