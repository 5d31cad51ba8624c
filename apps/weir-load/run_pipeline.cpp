#include "run_pipeline.hpp"

#include <weir/connectors/csv/read.hpp>
#include <weir/connectors/sqlite/insert_into.hpp>
#include <weir/connectors/sqlite/staged_table.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/inspect.hpp>
#include <weir/operators/take_until.hpp>
#include <weir/runtime/runtime.hpp>

#include <fmt/format.h>
#include <shared/interruption.hpp>
#include <shared/log.hpp>
#include <shared/used_files.hpp>
#include <unistd.h>

#include <future>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>

#include "incomplete_mark.hpp"
#include "input.hpp"
#include "load_counts.hpp"
#include "new_file_guard.hpp"
#include "people.hpp"
#include "reject_file.hpp"
#include "summary.hpp"

namespace weir_load {

namespace {

namespace csv = weir::csv;
namespace fs = std::filesystem;
namespace sqlite = weir::sqlite;

/// How many batches may wait between two tasks: enough that none waits for the other's pauses.
constexpr std::size_t batches_between = 4;

fs::path rejects_path(const load_options& o) {
    if (!o.rejects.empty()) return o.rejects;
    fs::path path = o.database;
    return path += ".rejects.csv";
}

/// Refuses to write where it reads, or two things to one file.
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

sqlite::database_options database_options(const load_options& o) {
    sqlite::database_options options;
    options.commits = o.fast ? sqlite::durability::off : sqlite::durability::full;
    options.lock_limit = o.lock_wait;
    options.cache_kib = 40'000;
    return options;
}

std::unique_ptr<processor> make_processor(const load_options& o, load_counts& counts,
                                          reject_file& rejects) {
    std::variant<uuid7_source, uuid4_source> ids;
    if (o.ids == id_kind::uuid4) ids.emplace<uuid4_source>();
    return std::make_unique<processor>(o.input, ids, counts, rejects);
}

/// What the database does besides inserting: rows that it refuses are kept aside, before the rows
/// around them are committed.
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
        log->warn(fmt::format("{}: line {}: the database refused it: {}", o.input.string(),
                              refused.row.line(), reason));
    };
    options.on_commit = [&rejects](sqlite::database&) { rejects.flush(); };
    return options;
}

/// The load itself: reader, processor and writer, each a task of its own, joined by bounded
/// channels. Ends with the input, or when `stop` is asked for and all that was read is committed.
sqlite::load_report load(weir::runtime& rt, const load_options& o, const csv::read_options& reading,
                         sqlite::database& db, const std::string& table, load_counts& counts,
                         reject_file& rejects, const std::stop_token& stop, progress& shown) {
    const auto count = [&counts](const people_batch& people) {
        using enum std::memory_order;
        load_counts::add(counts.rows, people.size());
        counts.next_line.store(people.next.line, relaxed);
        counts.next_byte.store(people.next.offset, relaxed);
    };
    auto loading = csv::read_batches(o.input, reading) | weir::take_until(stop) |
                   weir::buffer(batches_between) | to_people(make_processor(o, counts, rejects)) |
                   weir::buffer(batches_between) | weir::inspect(count) |
                   sqlite::insert_into(db, table, {}, writer_options(o, counts, rejects));
    auto report = std::async(std::launch::async, [&] { return rt.run(std::move(loading)); });
    while (report.wait_for(shown.interval()) != std::future_status::ready) shown.show();
    return report.get();
}

/// Loads into a table out of sight, and puts it in the place of people when it is all there, or all
/// that will come because of an interruption.
load_result replace_people(const load_options& o, const csv::read_options& reading,
                           const input_facts& input, load_counts& counts, reject_file& rejects,
                           progress& shown) {
    const weir_apps::interruption interrupted;
    new_file_guard created(o.database);
    weir::runtime rt;  // outlives the database, whose thread posts to it
    sqlite::database db(o.database, database_options(o));
    sqlite::staged_table people(db, people_table());
    rejects.remove_old();
    const auto stop = interrupted.token();
    const auto report = load(rt, o, reading, db, people.name(), counts, rejects, stop, shown);
    rejects.flush();

    load_result result;
    result.input = o.input;
    result.database = o.database;
    result.rejects = rejects.path();
    result.rows = report.rows;
    result.next = {load_counts::get(counts.next_line), load_counts::get(counts.next_byte)};
    result.interrupted = stop.stop_requested() && result.next.offset != input.size;
    if (result.interrupted && result.rows == 0) return result;  // nothing to replace people with
    // The mark comes before the table and goes after it: should the program die in between, it says
    // too much and never too little.
    if (result.interrupted) put_mark(db, {o.input.string(), result.next});
    shown.say("replacing the table people");
    created.keep();  // if the next one fails, the table may be there all the same
    people.publish();
    if (!result.interrupted) remove_mark(db);
    if (o.vacuum && !result.interrupted) {
        shown.say("rewriting the database without free space");
        db.vacuum();
    }
    return result;
}

}  // namespace

exit_code run_pipeline(const load_options& o) {
    check_files(o);
    const csv::read_options reading = input_options(o.delimiter);
    const input_facts input = examine(o.input, reading);
    load_counts counts;
    reject_file rejects(rejects_path(o));
    progress shown(o.progress, input.size, counts);
    weir_apps::set_up_log("weir-load", shown.mode() == progress_mode::bar);
    if (input.no_records) {
        spdlog::warn("{} has a header and no records: the table people will be empty",
                     o.input.string());
    }
    if (o.fast) {
        spdlog::warn(
            "--fast: a loss of power or a crash of the system during the load can ruin {}, "
            "with all that it holds",
            o.database.string());
    }
    const load_result result = replace_people(o, reading, input, counts, rejects, shown);
    shown.clear();
    const auto text = shown.mode() == progress_mode::json
                          ? json_summary(result, shown.state(), counts)
                          : summary(result, shown.state(), counts);
    fmt::print("{}\n", text);
    if (result.interrupted) return exit_code::interrupted;
    return counts.rejected() == 0 ? exit_code::success : exit_code::rejects;
}

}  // namespace weir_load
