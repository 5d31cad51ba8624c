#include "run_pipeline.hpp"

#include <weir/connectors/csv/read.hpp>
#include <weir/connectors/sqlite/insert_into.hpp>
#include <weir/connectors/sqlite/staged_table.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/inspect.hpp>
#include <weir/operators/take_until.hpp>
#include <weir/runtime/blocking.hpp>
#include <weir/runtime/runtime.hpp>

#include <fmt/format.h>
#include <shared/interruption.hpp>
#include <shared/log.hpp>
#include <shared/used_files.hpp>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <system_error>
#include <utility>

#include "incomplete_mark.hpp"
#include "input.hpp"
#include "load_counts.hpp"
#include "load_run.hpp"
#include "load_stop.hpp"
#include "new_file_guard.hpp"
#include "people.hpp"
#include "reject_file.hpp"
#include "staging.hpp"
#include "summary.hpp"
#include "text.hpp"

namespace weir_load {

namespace {

namespace csv = weir::csv;
namespace fs = std::filesystem;
namespace sqlite = weir::sqlite;

/// How many batches may wait between two tasks: enough to cover the pauses of either task.
constexpr std::size_t batches_between = 4;

fs::path rejects_path(const load_options& o) {
    if (!o.rejects.empty()) return o.rejects;
    fs::path path = o.database;
    return path += ".rejects.csv";
}

/// Refuses an output that is also the input, or two outputs to one file.
void check_files(const load_options& o) {
    weir_apps::used_files files;
    const auto use = [](const char* option, const fs::path& file) {
        return fmt::format("{} {}", option, file.string());
    };
    if (o.input == "-") {
        files.reads_open("--input -", STDIN_FILENO);
    } else {
        files.reads(use("--input", o.input), o.input);
    }
    files.writes_table(use("--database", o.database), o.database, "");
    files.writes(use("--rejects", rejects_path(o)), rejects_path(o));
    files.check();
}

/// Refuses a database that would not exist after the load.
void check_database(const load_options& o) {
    if (o.database == fs::path(sqlite::in_memory) || o.database.empty()) {
        throw weir_apps::usage_error(fmt::format(
            "--database {}: this names no file, and what is loaded into it would be gone at the "
            "end (./:memory: is a file of that name)",
            o.database.empty() ? "''" : o.database.string()));
    }
}

sqlite::database_options database_options(const load_options& o, const load_stop& stop) {
    sqlite::database_options options;
    options.stop_waiting = stop.stop_waiting();
    options.commits = o.fast ? sqlite::durability::off : sqlite::durability::full;
    options.lock_timeout = o.lock_wait;
    options.cache_kib = 40'000;
    return options;
}

std::unique_ptr<processor> make_processor(const load_options& o, load_counts& counts,
                                          reject_file& rejects) {
    std::variant<uuid7_source, uuid4_source> ids;
    if (o.ids == id_kind::uuid4) ids.emplace<uuid4_source>();
    const record_rules rules{o.delimiter, o.text, o.on_bad_age};
    return std::make_unique<processor>(o.input, rules, ids, counts, rejects);
}

/// Options beyond inserting: refused rows are written to the file of rejects before the rows around
/// them are committed.
sqlite::batch_writer_options<person> writer_options(const load_options& o, load_counts& counts,
                                                    reject_file& rejects) {
    auto log = std::make_shared<weir_apps::limited_log>("rows that the database refused");
    sqlite::batch_writer_options<person> options;
    options.rows_per_commit = o.rows_per_commit;
    options.on_reject = [&o, &counts, &rejects, log](const sqlite::reject<person>& refused) {
        const auto [first, last, age] = refused.row.source();
        const std::string reason(refused.cause.message());
        load_counts::add(counts.refused_rows, 1);
        rejects.add(refused.row.line(), reason, csv_record({first, last, age}));
        log->warn(fmt::format("{}: line {}: the database refused it: {}", input_name(o.input),
                              refused.row.line(), reason));
    };
    options.on_commit = [&rejects](sqlite::database&) { rejects.flush(); };
    return options;
}

struct loaded_rows {
    sqlite::load_report report;
    std::string change;  ///< of the input, while it was read
};

/// The load itself: reader, processor and writer, each a task of its own, joined by bounded
/// channels. Ends with the input, or when `stop` is asked for and all that was read is committed.
loaded_rows load(weir::runtime& rt, const load_options& o, const csv::read_options& reading,
                 sqlite::database& db, const std::string& table, load_counts& counts,
                 reject_file& rejects, const std::stop_token& stop, progress& shown) {
    const auto count = [&counts](const people_batch& people) {
        using enum std::memory_order;
        load_counts::add(counts.rows, people.size());
        counts.next_line.store(people.next.line, relaxed);
        counts.next_byte.store(people.next.offset, relaxed);
    };
    const auto file = std::make_shared<csv::file_reader>(o.input, reading);
    auto loading = csv::batch_stream(file) | weir::take_until(stop) |
                   weir::buffer(batches_between) | to_people(make_processor(o, counts, rejects)) |
                   weir::buffer(batches_between) | weir::inspect(count) |
                   sqlite::insert_into(db, table, {}, writer_options(o, counts, rejects));
    auto report = run_shown(rt, std::move(loading), shown);
    loaded_rows loaded{report, file->change()};
    if (!stop.stop_requested()) {
        // No batch covers the input behind the last record, or an input without records.
        const auto end = file->where();
        for (auto* line : {&counts.next_line, &counts.read_line}) line->store(end.line);
        for (auto* byte : {&counts.next_byte, &counts.read_byte}) byte->store(end.offset);
    }
    // Of an input that could not be looked at before, and has a header and no record.
    if (loaded.report.rows == 0 && file->known_columns()) {
        find_columns(o.input, *file->known_columns(), o.delimiter);
    }
    return loaded;
}

/// Refuses an input of which a part was removed before it was read, because its contents are
/// unknown.
void check_whole(const load_options& o, const input_facts& input, const csv::position& read) {
    if (!input.size || input.no_records) return;
    std::error_code error;
    const std::uint64_t now = fs::file_size(o.input, error);
    const std::uint64_t whole = error ? *input.size : std::max(now, *input.size);
    if (read.offset >= *input.size && (error || now >= read.offset)) return;
    throw csv::file_error(
        o.input,
        fmt::format("it became shorter while it was read ({} bytes of {} were read, and it "
                    "has {}); the table people is as it was",
                    read.offset, whole, error ? 0 : now));
}

/// Refuses an input that was written to while it was read: what was read may be of two files.
void check_unchanged(const load_options& o, const std::string& change) {
    if (change.empty()) return;
    throw csv::file_error(
        o.input, fmt::format("it was changed while it was read ({}), so records may be missing or "
                             "mixed; the table people is as it was",
                             change));
}

/// Refuses to put nothing in the place of something.
void check_rows(const load_options& o, const sqlite::staged_table& people,
                const load_counts& counts, reject_file& rejects) {
    if (const auto rejected = counts.rejected(); rejected != 0) {
        rejects.commit();
        throw std::runtime_error(fmt::format(
            "{}: no record could be loaded: {} rejected, kept in {}; the table people is as it was",
            o.input.string(), counted(rejected, "record", "records"), rejects.path().string()));
    }
    if (o.allow.empty || !people.replaces_rows()) return;
    throw std::runtime_error(
        fmt::format("{}: it has no records, and the table people of {} has rows, which stay "
                    "(--allow empty replaces them by nothing)",
                    o.input.string(), o.database.string()));
}

/// The work after the table was published. A failure does not undo the load; it is only reported.
void finish(const load_options& o, sqlite::database& db, reject_file& rejects, load_result& result,
            progress& shown) {
    attempt(result.failed_after, [&] { rejects.commit(); });
    if (!o.vacuum || result.interrupted) return;
    shown.say("rewriting the database without free space");
    attempt(result.failed_after, [&] { db.vacuum(); });
}

/// Loads into a hidden table. When that table is complete, or as complete as an interruption
/// allows, it replaces people.
load_result replace_people(const load_options& o, const csv::read_options& reading,
                           const input_facts& input, load_counts& counts, reject_file& rejects,
                           progress& shown, load_stop& stop) {
    new_file_guard created(o.database, "people (loading)");
    // One thread to read and one to make rows; those are inserted by the thread of the database.
    weir::runtime rt(2);  // outlives the database, whose thread posts to it
    weir::set_blocking_executor(rt.context(), rt.executor());
    sqlite::database db(o.database, database_options(o, stop));
    rejects.be_as_private_as(o.database);
    if (const auto holder = sqlite::table_lock::holder(o.database, "people")) {
        spdlog::info("waiting for another load into {}: {}", o.database.string(), *holder);
    }
    sqlite::staged_table people(db, people_table(), staging_options(o.allow));
    const load_stop::reading keeping(stop, db);
    const auto [report, change] =
        load(rt, o, reading, db, people.name(), counts, rejects, stop.token(), shown);
    rejects.close();

    load_result result;
    result.input = o.input;
    result.database = o.database;
    result.rejects = rejects.path();
    result.rows = report.rows;
    result.next = {load_counts::get(counts.read_line), load_counts::get(counts.read_byte)};
    result.interrupted = stop.requested() && result.next.offset != input.size;
    if (result.interrupted && result.rows == 0) return result;  // nothing to replace people with
    if (!result.interrupted) {
        check_whole(o, input, result.next);
        check_unchanged(o, change);
    }
    if (result.rows == 0) check_rows(o, people, counts, rejects);
    shown.say("replacing the table people");
    people.publish(result.rows, [&](sqlite::database& in) {
        if (result.interrupted) {
            put_mark(in, {o.input.string(), result.next});
        } else {
            remove_mark(in);
        }
    });
    created.keep();
    finish(o, db, rejects, result, shown);
    return result;
}

exit_code tell_end(const load_result& result, const load_counts& counts, const progress& shown) {
    const bool printed =
        print_end(shown.mode() == progress_mode::json ? json_summary(result, shown.state(), counts)
                                                      : summary(result, shown.state(), counts));
    const bool in_place = !result.interrupted || result.rows != 0;
    const char* const done = in_place ? "; the table people is loaded all the same" : "";
    if (!result.failed_after.empty()) spdlog::error("{}{}", result.failed_after, done);
    if (!printed) spdlog::error("cannot write the standard output{}", done);
    if (in_place && (!printed || !result.failed_after.empty())) return exit_code::after_failed;
    if (result.interrupted) return exit_code::interrupted;
    return counts.complete() ? exit_code::success : exit_code::rejects;
}

/// Reports that an interruption ended a wait for a lock: nothing was changed.
exit_code tell_interrupted(const sqlite::database_error& error, progress& shown) {
    const std::string text = fmt::format("{}; the table people is as it was", error.what());
    shown.clear();
    if (shown.mode() == progress_mode::json) print_end(json_interrupted(text));
    spdlog::error("{}", text);
    return exit_code::interrupted;
}

}  // namespace

exit_code run_pipeline(const load_options& o) {
    check_database(o);
    check_files(o);
    load_counts counts;
    reject_file rejects(rejects_path(o));
    rejects.check_old();
    const csv::read_options reading = input_options(o.delimiter);
    const input_facts input = examine(o.input, reading);
    progress shown(o.progress, input.size, counts);
    weir_apps::set_up_log("weir-load", shown.mode() == progress_mode::bar);
    const weir_apps::interruption interrupted;
    if (input.no_records) {
        spdlog::warn("{} has a header and no records: the table people will be empty",
                     o.input.string());
    }
    if (o.fast) warn_of_fast(o.database);
    load_stop stop(interrupted.token());
    try {
        const load_result result = replace_people(o, reading, input, counts, rejects, shown, stop);
        shown.clear();
        return tell_end(result, counts, shown);
    } catch (const sqlite::not_replaceable& refused) {
        throw std::runtime_error(with_option(refused));
    } catch (const sqlite::database_error& error) {
        const int code = error.primary_code();
        if (stop.requested() && (code == SQLITE_INTERRUPT || code == SQLITE_BUSY)) {
            return tell_interrupted(error, shown);
        }
        if (code == SQLITE_BUSY) throw std::runtime_error(with_holder(error, o.database));
        throw;
    }
}

}  // namespace weir_load
