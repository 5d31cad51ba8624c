/// The processor: turns records of a CSV file into batches of people.
#pragma once

#include <weir/connectors/csv/batch.hpp>
#include <weir/core/pipe.hpp>
#include <weir/runtime/pull.hpp>

#include <shared/log.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "encoding.hpp"
#include "input.hpp"
#include "load_counts.hpp"
#include "person.hpp"
#include "reject_file.hpp"
#include "uuid.hpp"

namespace weir_load {

/// The treatment of a record whose age is neither a whole number nor empty.
enum class bad_age { reject, null };

/// The rules for reading records.
struct record_rules {
    char delimiter = ',';
    encoding text = encoding::utf8;
    bad_age on_bad_age = bad_age::reject;
};

/// Turns records into people, one by one. It writes to the file of rejects bad records, and records
/// with a bad age or with names that are not text. Used by one thread at a time.
class processor {
public:
    processor(std::filesystem::path input, const record_rules& rules,
              const std::variant<uuid7_source, uuid4_source>& ids, load_counts& counts,
              reject_file& rejects)
        : input_(std::move(input)), rules_(rules), ids_(ids), counts_(counts), rejects_(rejects) {}

    /// Adds the people of `records` from entry `from` on to `to`, until that is full. Returns the
    /// index of the first entry not read. Throws csv::file_error when the file lacks columns.
    std::size_t fill(people_batch& to, const weir::csv::batch& records, std::size_t from);

private:
    /// An accepted record.
    struct accepted {
        person_fields fields;
        read_age age;
    };

    std::optional<accepted> accept(const weir::csv::record& record);
    std::optional<read_age> accept_age(const weir::csv::record& record, std::string_view text);
    person_fields to_utf8(const person_fields& fields);
    void reject(const weir::csv::record_error& error);
    void reject(const weir::csv::record& record, const std::string& reason);

    std::filesystem::path input_;
    record_rules rules_;
    std::string decoded_;  // the fields of a record that is not UTF-8
    std::variant<uuid7_source, uuid4_source> ids_;
    std::optional<person_columns> columns_;
    load_counts& counts_;
    reject_file& rejects_;
    weir_apps::limited_log bad_records_{"bad records"};
    weir_apps::limited_log unread_ages_{"ages that are not whole numbers"};
};

/// Turns a stream of batches of records into a stream of full batches of people (the last one may
/// be smaller).
template <class S>
class people_stream : public weir::pullable<people_stream<S>> {
public:
    using value_type = people_batch;

    people_stream(S records, std::unique_ptr<processor> work)
        : records_(std::move(records)), work_(std::move(work)) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        while (!ended_) {
            while (current_) {
                if (!process_current()) continue;
                if (!sink(std::exchange(people_, {}))) return weir::poll_state::paused;
            }
            const auto state = records_.poll(cx, [this](weir::csv::batch&& records) {
                current_ = std::move(records);
                next_ = 0;
                return false;
            });
            if (state == weir::poll_state::pending) return state;
            ended_ = state == weir::poll_state::finished;
        }
        if (!people_.empty()) sink(std::exchange(people_, {}));
        return weir::poll_state::finished;
    }

private:
    /// Continues with the current records; returns true when the batch of people is full.
    bool process_current() {
        next_ = work_->fill(people_, *current_, next_);
        if (next_ == current_->size()) current_.reset();
        return people_.full();
    }

    S records_;
    std::unique_ptr<processor> work_;
    std::optional<weir::csv::batch> current_;
    std::size_t next_ = 0;
    people_batch people_;
    bool ended_ = false;
};

/// `batches of records | to_people(processor)`.
inline auto to_people(std::unique_ptr<processor> work) {
    return weir::pipe([work = std::move(work)](auto records) mutable {
        return people_stream<decltype(records)>(std::move(records), std::move(work));
    });
}

}  // namespace weir_load
