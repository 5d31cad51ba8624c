#include "table_load.hpp"

#include <weir/connectors/sqlite/insert_into.hpp>
#include <weir/connectors/sqlite/staged_table.hpp>
#include <weir/connectors/sqlite/table_lock.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/inspect.hpp>
#include <weir/operators/take_until.hpp>
#include <weir/runtime/runtime.hpp>

#include <fmt/format.h>
#include <shared/interruption.hpp>
#include <shared/log.hpp>
#include <shared/options.hpp>
#include <shared/used_files.hpp>
#include <sqlite3.h>
#include <unistd.h>
#include <weir-load/load_run.hpp>
#include <weir-load/load_stop.hpp>
#include <weir-load/new_file_guard.hpp>
#include <weir-load/text.hpp>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "dry_run.hpp"
#include "existing_table.hpp"
#include "load_inputs.hpp"
#include "load_report_text.hpp"
#include "row_stream.hpp"

namespace weir_load::table_load {

namespace {

namespace fs = std::filesystem;
namespace sqlite = weir::sqlite;
using weir_apps::exit_code;
using weir_apps::usage_error;

/// How many batches may wait between the tasks.
constexpr std::size_t batches_waiting = 4;

/// The load was interrupted and all of it is undone.
class undone : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Everything that the parts of one load share.
struct load_job {
    explicit load_job(options given) : o(std::move(given)), rejects(o.rejects) {}

    options o;
    column_plan plan;
    input_survey survey;
    load_counts counts;
    reading_state reading;
    reject_output rejects;
    load_inputs inputs{o, reading};
    bad_records bad{o, counts, &rejects};
    load_end end;
    std::uint64_t committed = 0;
};

void check_files(const options& o) {
    weir_apps::used_files files;
    for (const fs::path& file : o.files) {
        if (file == "-") {
            files.reads_open("-", STDIN_FILENO);
        } else {
            files.reads(file.string(), file);
        }
    }
    files.writes_table("--to sqlite:" + o.database.string(), o.database, "");
    files.writes("--rejects " + o.rejects.string(), o.rejects);
    const fs::path reasons = reject_output(o.rejects).reasons_path();
    files.writes("the reasons beside --rejects, " + reasons.string(), reasons);
    files.check();
}

/// A file of rejects that is put right and loaded must not be written over meanwhile.
fs::path free_rejects_path(const options& o) {
    const auto is_input = [&o](const fs::path& path) {
        return std::ranges::any_of(o.files, [&path](const fs::path& file) {
            std::error_code none;
            return fs::equivalent(file, path, none);
        });
    };
    // A table may be called anything; a file may not.
    constexpr std::size_t longest = 100;
    std::string table = o.table.substr(0, longest);
    std::ranges::replace(table, '/', '_');
    fs::path base = o.database;
    base += "." + table + ".rejects";
    for (int n = 1;; ++n) {
        fs::path path = base;
        path += n == 1 ? ".csv" : fmt::format("-{}.csv", n);
        if (!is_input(path)) return path;
    }
}

sqlite::database_options database_options_of(const options& o, const load_stop& stop) {
    sqlite::database_options options;
    options.stop_waiting = stop.stop_waiting();
    options.commits = o.fast ? sqlite::durability::off : sqlite::durability::full;
    options.lock_timeout = o.lock_wait;
    return options;
}

/// The pipeline: inputs are read and made rows of in one task, and written in another.
sqlite::load_report stream_rows(weir::runtime& rt, load_job& job, sqlite::database& db,
                                const std::string& table,
                                sqlite::batch_writer_options<loaded_row> writing,
                                const load_stop& stop, progress& shown,
                                const std::shared_ptr<row_source>& source) {
    std::vector<std::string> names;
    names.reserve(job.plan.targets.size());
    for (const target_column& target : job.plan.targets) names.push_back(target.name);
    const auto count = [&job](const row_batch& rows) {
        const raw_batch& from = rows.source();
        load_counts::add(job.counts.rows, rows.size());
        job.counts.next_byte.store(job.reading.bytes.load(std::memory_order_relaxed),
                                   std::memory_order_relaxed);
        job.end.next_file = from.origin->label;
        job.end.next = from.origin->guard_of(from.records.covers().end);
    };
    auto loading = row_stream(source) | weir::take_until(stop.token()) |
                   weir::buffer(batches_waiting) | weir::inspect(count) |
                   sqlite::insert_into(db, table, names, std::move(writing));
    return run_shown(rt, std::move(loading), shown);
}

sqlite::batch_writer_options<loaded_row> writer_options_of(load_job& job) {
    sqlite::batch_writer_options<loaded_row> writing;
    writing.rows_per_commit = job.o.rows_per_commit;
    writing.on_conflict = conflict_clause(job.plan, job.o);
    writing.on_reject = [&job](const sqlite::reject<loaded_row>& refused) {
        job.bad.add(*refused.row.source, refused.row.record, {}, {},
                    std::string(refused.cause.message()), true);
    };
    writing.on_commit = [&job](sqlite::database&) {
        job.rejects.flush();
        job.bad.check_share();
    };
    writing.after_commit = [&job](const sqlite::load_report& report) {
        job.committed = report.rows;
    };
    return writing;
}

std::shared_ptr<row_source> make_source(load_job& job) {
    return std::make_shared<row_source>(job.inputs, job.plan, job.o, job.bad, job.reading);
}

double share_of(const row_source& source, const progress& shown) {
    const double seconds = shown.state().seconds;
    return seconds > 0 ? source.busy().count() / seconds : 0;
}

void check_columns(sqlite::database& db, const load_job& job) {
    const int most = sqlite3_limit(db.handle(), SQLITE_LIMIT_COLUMN, -1);
    if (job.plan.targets.size() <= static_cast<std::size_t>(most)) return;
    throw std::runtime_error(fmt::format("{} columns, and SQLite takes at most {}: --select some",
                                         grouped(job.plan.targets.size()),
                                         grouped(static_cast<std::uint64_t>(most))));
}

/// Into a table out of sight, which is put in its place when all rows are there.
void load_whole(weir::runtime& rt, load_job& job, sqlite::database& db, load_stop& stop,
                progress& shown) {
    const options& o = job.o;
    sqlite::staged_table staged(db, describe(job.plan, o), staging_options(o.allow));
    const auto source = make_source(job);
    const auto indexes = index_sql(job.plan, o);
    const load_stop::reading keeping(stop, db);
    const auto report =
        stream_rows(rt, job, db, staged.name(), writer_options_of(job), stop, shown, source);
    if (!source->complete()) {
        job.end.interrupted = true;
        return;  // what was loaded goes with `staged`
    }
    if (report.rows == 0 && job.counts.rejected() != 0) {
        job.rejects.commit();
        throw std::runtime_error(fmt::format(
            "no record could be loaded: {} rejected, kept in {}; the table {} is as it was",
            counted(job.counts.rejected(), "record", "records"), o.rejects.string(), o.table));
    }
    if (report.rows == 0 && staged.replaces_rows() && !o.allow.empty) {
        throw std::runtime_error(fmt::format(
            "there are no records, and the table {} has rows, which stay (--allow empty replaces "
            "them by nothing)",
            o.table));
    }
    if (o.mode != write_mode::replace && find_table(db, o)) {
        throw std::runtime_error(
            fmt::format("the table {} was made by another program while this one loaded", o.table));
    }
    shown.say("putting the table in its place");
    staged.publish(report.rows, [&indexes](sqlite::database& in) {
        for (const std::string& sql : indexes) in.exec(sql, "make an index");
    });
    job.end.rows = report.rows;
    job.end.ignored = report.ignored;
    job.end.reading_share = share_of(*source, shown);
}

/// Into a table that is there.
void load_added(weir::runtime& rt, load_job& job, sqlite::database& db, load_stop& stop,
                progress& shown) {
    const options& o = job.o;
    const bool one = o.single_transaction || o.mode == write_mode::truncate;
    const sqlite::table_lock lock(db, o.table);
    const auto source = make_source(job);
    auto writing = writer_options_of(job);
    if (one) writing.rows_per_commit = 0;
    const std::string table = sqlite::quote_identifier(o.table);
    if (o.mode == write_mode::truncate) {
        writing.on_begin = [table](sqlite::database& in) {
            in.exec("DELETE FROM " + table, "empty " + table);
        };
    }
    writing.on_commit = [&stop, one, source, along = writing.on_commit](auto& in) {
        along(in);
        if (one && stop.requested() && !source->complete()) {
            throw undone("interrupted; the table is as it was");
        }
    };
    const load_stop::reading keeping(stop, db);
    const auto report = stream_rows(rt, job, db, o.table, std::move(writing), stop, shown, source);
    job.end.interrupted = !source->complete();
    job.end.rows = report.rows;
    job.end.ignored = report.ignored;
    job.end.reading_share = share_of(*source, shown);
    const auto indexes = index_sql(job.plan, o);
    for (const std::string& sql : indexes) db.exec(sql, "make an index");
}

/// What follows when the rows are in the table. A failure changes nothing of that: it is told.
void finish(load_job& job, sqlite::database& db, progress& shown) {
    attempt(job.end.failed_after, [&] { job.rejects.commit(); });
    if (job.end.interrupted) return;
    for (const std::string& sql : job.o.after) {
        shown.say("running --after");
        attempt(job.end.failed_after, [&] { db.exec(sql, "run --after"); });
    }
}

[[noreturn]] void refuse_existing(const options& o) {
    throw std::runtime_error(fmt::format(
        "{}: there is a table {} already: --mode append adds rows to it, truncate empties it "
        "before, replace puts a new table in its place",
        o.database.string(), o.table));
}

void load_into_database(load_job& job, load_stop& stop, progress& shown) {
    const options& o = job.o;
    new_file_guard created(o.database, o.table + " (loading)");
    weir::runtime rt;  // outlives the database, whose thread posts to it
    sqlite::database db(o.database, database_options_of(o, stop));
    job.rejects.be_as_private_as(o.database);
    for (const std::string& sql : o.before) db.exec(sql, "run --before");
    const auto there = find_table(db, o);
    if (there && o.mode == write_mode::create) refuse_existing(o);
    if (const auto holder = sqlite::table_lock::holder(o.database, o.table)) {
        spdlog::info("waiting for another load into {}: {}", o.database.string(), *holder);
    }
    const bool whole = !there || o.mode == write_mode::replace;
    set_types(job.plan, job.survey.evidence, o);
    if (!whole) fit_table(job.plan, *there, o);
    check_columns(db, job);
    index_sql(job.plan, o);  // what it does not like, it says now
    try {
        whole ? load_whole(rt, job, db, stop, shown) : load_added(rt, job, db, stop, shown);
    } catch (const too_many_bad&) {
        job.rejects.commit();
        throw;
    }
    if (whole && job.end.interrupted) return;
    created.keep();
    finish(job, db, shown);
}

exit_code tell_end_of(load_job& job, const progress& shown) {
    const load_state state = shown.state();
    job.end.rejects = job.rejects.path();
    const bool printed = print_end(shown.mode() == progress_mode::json
                                       ? end_json(job.o, job.end, state, job.counts)
                                       : end_text(job.o, job.end, state, job.counts));
    const char* const done = "; the rows are in the table all the same";
    if (!job.end.failed_after.empty()) spdlog::error("{}{}", job.end.failed_after, done);
    if (!printed) spdlog::error("cannot write the standard output{}", done);
    const bool in_table = !job.end.interrupted || job.end.rows != 0;
    if (in_table && (!printed || !job.end.failed_after.empty())) return exit_code::after_failed;
    if (job.end.interrupted) return exit_code::interrupted;
    return job.counts.rejected() == 0 ? exit_code::success : exit_code::rejects;
}

/// Of what was added to a table before the load failed.
std::string with_committed(const load_job& job, const std::string& what) {
    const bool in_steps = job.o.mode == write_mode::append || job.o.mode == write_mode::ignore ||
                          job.o.mode == write_mode::upsert;
    if (!in_steps || job.committed == 0) return what;
    return fmt::format(
        "{}; {} loaded before it stay in the table {} (--single-transaction would "
        "undo them)",
        what, counted(job.committed, "row that was", "rows that were"), job.o.table);
}

/// What would be done, without a database that is made for it.
exit_code show_plan(load_job& job) {
    const options& o = job.o;
    std::optional<std::vector<existing_column>> there;
    std::error_code none;
    if (fs::exists(o.database, none)) {
        sqlite::database_options reading;
        reading.read_only = true;
        sqlite::database db(o.database, reading);
        there = find_table(db, o);
        check_columns(db, job);
    }
    const bool whole = !there || o.mode == write_mode::replace || o.mode == write_mode::create;
    set_types(job.plan, job.survey.evidence, o);
    if (!whole) fit_table(job.plan, *there, o);
    const std::string text =
        dry_run_text(job.inputs, job.plan, job.survey, there ? &*there : nullptr, o);
    return print_end(text) ? exit_code::success : exit_code::failure;
}

exit_code load_with(load_job& job, progress& shown, load_stop& stop) {
    try {
        load_into_database(job, stop, shown);
        shown.clear();
        return tell_end_of(job, shown);
    } catch (const undone&) {
        job.end = {};
        job.end.interrupted = true;
        shown.clear();
        return tell_end_of(job, shown);
    } catch (const sqlite::not_replaceable& refused) {
        throw std::runtime_error(with_option(refused));
    } catch (const sqlite::database_error& error) {
        const int code = error.primary_code();
        if (stop.requested() && (code == SQLITE_INTERRUPT || code == SQLITE_BUSY)) {
            shown.clear();
            spdlog::error("{}", with_committed(job, error.what()));
            return exit_code::interrupted;
        }
        throw std::runtime_error(with_committed(job, error.what()));
    } catch (const usage_error&) {
        throw;
    } catch (const std::exception& error) {
        if (job.committed == 0) throw;
        throw std::runtime_error(with_committed(job, error.what()));
    }
}

}  // namespace

exit_code load_tables(options given) {
    if (given.rejects.empty()) given.rejects = free_rejects_path(given);
    load_job job(std::move(given));
    const options& o = job.o;
    check_files(o);
    if (!o.dry_run) job.rejects.check_old();
    const weir_apps::interruption interrupted;
    {
        const std::stop_callback ends_survey(interrupted.token(),
                                             [&job] { job.inputs.stop_survey(); });
        job.survey = job.inputs.survey(job.plan);
    }
    if (interrupted.token().stop_requested()) {
        spdlog::error("interrupted before anything was done");
        return exit_code::interrupted;
    }
    for (const std::string& note : job.plan.notes) spdlog::warn("{}", note);
    if (o.dry_run) return show_plan(job);
    progress shown(o.progress, job.survey.bytes, job.counts);
    weir_apps::set_up_log("weir-load", shown.mode() == progress_mode::bar);
    if (o.fast) warn_of_fast(o.database);
    load_stop stop(interrupted.token());
    return load_with(job, shown, stop);
}

}  // namespace weir_load::table_load
