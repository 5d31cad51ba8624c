/// The files of a load, looked at before anything is done, and then read one after another.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "column_plan.hpp"
#include "row_builder.hpp"

namespace weir_load::table_load {

/// What was found out about the inputs.
struct input_survey {
    std::vector<type_evidence> evidence;  ///< one for each column of the plan
    std::uint64_t records = 0;            ///< how many of them it is of
    std::optional<std::uint64_t> bytes;   ///< of all files together; nothing for a pipe
};

/// The inputs of a load. Used by one thread at a time.
class load_inputs {
public:
    load_inputs(const options& o, reading_state& state) : options_(&o), state_(&state) {}

    /// Opens each input: tells its dialect, makes the plan from the first, fits the others to it,
    /// and looks at the values of as many records as --infer says. A file is read again later; of a
    /// pipe the records are kept. Throws what makes an input unfit, before anything was changed.
    input_survey survey(column_plan& plan);

    std::size_t size() const noexcept { return options_->files.size(); }
    /// An input as `survey` has left it, or opened anew.
    struct opened {
        std::unique_ptr<record_reader> reader;
        std::deque<raw_batch> kept;  ///< these come first
    };
    opened open(std::size_t index);

    /// Of the first input, for --dry-run.
    const record_reader& first() const noexcept { return *first_; }
    std::optional<raw_batch> take_first_records();

private:
    std::uint64_t sample_of_each() const;
    void look_at(std::size_t index, column_plan& plan, input_survey& found);

    const options* options_;
    reading_state* state_;
    reading_state survey_state_;
    std::vector<opened> opened_;
    std::unique_ptr<record_reader> first_;
    std::optional<raw_batch> first_records_;

public:
    /// Ends the survey early; thread-safe.
    void stop_survey() noexcept {
        survey_state_.stopped.store(true, std::memory_order_relaxed);
        state_->stopped.store(true, std::memory_order_relaxed);
    }
};

/// The rows of all inputs. `next` blocks; one thread at a time, save for `stop`.
class row_source {
public:
    row_source(load_inputs& inputs, const column_plan& plan, const options& o, bad_records& bad,
               reading_state& state)
        : inputs_(&inputs),
          plan_(&plan),
          options_(&o),
          bad_(&bad),
          state_(&state),
          left_(o.limit) {}

    /// The rows of the next records, at least one; nothing at the end.
    std::optional<row_batch> next();
    void stop() noexcept { state_->stopped.store(true, std::memory_order_relaxed); }

    /// Whether all inputs were read to their end, or to the limit.
    bool complete() const noexcept { return complete_.load(); }
    /// How long `next` has worked.
    std::chrono::duration<double> busy() const noexcept {
        return std::chrono::nanoseconds(busy_.load(std::memory_order_relaxed));
    }

private:
    std::optional<raw_batch> next_records();
    std::optional<row_batch> next_rows();

    load_inputs* inputs_;
    const column_plan* plan_;
    const options* options_;
    bad_records* bad_;
    reading_state* state_;
    std::uint64_t left_;
    std::size_t index_ = 0;
    load_inputs::opened current_;
    std::optional<row_builder> builder_;
    std::atomic<bool> complete_{false};
    std::atomic<std::int64_t> busy_{0};
};

}  // namespace weir_load::table_load
