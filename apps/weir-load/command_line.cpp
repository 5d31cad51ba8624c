#include "command_line.hpp"

#include <weir/connectors/csv/dialect.hpp>
#include <weir/version.hpp>

#include <fmt/format.h>
#include <shared/options.hpp>
#include <shared/whole_program.hpp>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "load/load_line.hpp"
#include "write_options.hpp"

namespace weir_load {

namespace {

using weir_apps::add_number;
using weir_apps::check_name;

constexpr const char* examples = R"(Examples:
  weir-load load sales.csv --to sqlite:shop.db
  weir-load create-file --number-rows 1000000
  weir-load run-pipeline --input people.csv --database people.db
  weir-load show --database people.db

Exit codes:
  0    done; all records were loaded
  1    failed: a line on stderr says why
  2    the command line is wrong
  3    loaded, but some records were rejected, or their age left out
  4    loaded, but a step that follows failed: a line on stderr says which
  130  interrupted by Ctrl-C or SIGTERM, and ended in good order)";

constexpr const char* pipeline_notes =
    R"(The table people is replaced when the load is complete; a load that fails leaves it as it was.
Other tables keep every row. What would lose something is refused, unless --allow names it.
The first Ctrl-C commits what has been read and marks the table as incomplete; the second kills.

Examples:
  weir-load run-pipeline
  weir-load run-pipeline --input people.tsv --delimiter '\t' --database people.db
  zcat people.csv.gz | weir-load run-pipeline --input - --progress json)";

void define(CLI::App& command, create_options& o) {
    add_number(command, "--number-rows", o.number_rows, "How many people")->required();
    command.add_option("--output", o.output, "The file to write; - is the standard output")
        ->check(check_name)
        ->type_name("FILE")
        ->default_str(o.output.string());
    add_number(command, "--seed", o.seed, "The same seed makes the same file")->type_name("S");
    command.footer("Example:\n  weir-load create-file --number-rows 2500000 --seed 1");
}

char delimiter_of(const std::string& text) {
    return text == "\\t" ? '\t' : text.front();
}

std::string check_delimiter(const std::string& text) {
    if (text.size() != 1 && text != "\\t") return "must be one character, or \\t";
    weir::csv::dialect rules;
    rules.delimiter = delimiter_of(text);
    const bool good = weir::csv::validate(rules).ok();
    return good ? "" : "cannot be a quote, a line end or NUL";
}

/// One character, or `\t`.
void add_delimiter(CLI::App& command, char& delimiter) {
    const auto parse = [&delimiter](const std::string& text) { delimiter = delimiter_of(text); };
    command.add_option_function<std::string>("--delimiter", parse, "What separates the fields")
        ->check(check_delimiter)
        ->type_name("CHARACTER")
        ->default_str(",");
}

template <class T>
void add_choice(CLI::App& command, const char* name, T& value, const char* description,
                const std::map<std::string, T>& choices, const char* listed) {
    const auto choose = [&value, choices](const std::string& text) { value = choices.at(text); };
    command.add_option_function<std::string>(name, choose, description)
        ->type_name(listed)
        ->check([choices, listed](const std::string& text) {
            return choices.contains(text) ? std::string() : std::string("must be ") + listed;
        });
}

/// The losses to accept, as separate arguments or separated by commas.
void add_allow(CLI::App& command, allowances& allow) {
    const auto choose = [&allow](const std::vector<std::string>& names) {
        allow_named(allow, names);
    };
    command
        .add_option_function<std::vector<std::string>>(
            "--allow", choose, "What is accepted when the table people is replaced")
        ->type_name(allowance_names)
        ->delimiter(',')
        ->expected(1, 4);
}

void define(CLI::App& command, load_options& o) {
    command.add_option("--input", o.input, "The CSV file; - is the standard input")
        ->check(check_name)
        ->type_name("FILE")
        ->default_str(o.input.string());
    command.add_option("--database", o.database, "The SQLite database, created if missing")
        ->check(check_name)
        ->type_name("FILE")
        ->default_str(o.database.string());
    command.add_option("--rejects", o.rejects, "Where rejected records go")
        ->check(check_name)
        ->type_name("FILE")
        ->default_str("DATABASE.rejects.csv");
    add_delimiter(command, o.delimiter);
    add_choice(command, "--encoding", o.text,
               "How the text of the file is encoded; bytes loads whatever there is",
               {{"utf-8", encoding::utf8},
                {"windows-1252", encoding::windows_1252},
                {"bytes", encoding::bytes}},
               "utf-8|windows-1252|bytes");
    add_choice(command, "--on-bad-age", o.on_bad_age,
               "What becomes of a record whose age is no whole number; an empty age is NULL",
               {{"reject", bad_age::reject}, {"null", bad_age::null}}, "reject|null");
    add_choice(command, "--id", o.ids, "The kind of the ids",
               {{"uuid7", id_kind::uuid7}, {"uuid4", id_kind::uuid4}}, "uuid7|uuid4");
    add_choice(command, "--progress", o.progress,
               "How progress is shown; auto is a bar on a terminal, else none",
               {{"auto", progress_mode::automatic},
                {"bar", progress_mode::bar},
                {"json", progress_mode::json},
                {"none", progress_mode::none}},
               "auto|bar|json|none");
    add_number(command, "--rows-per-commit", o.rows_per_commit, "How many rows a transaction holds",
               weir_apps::bounds{.least = 1})
        ->default_str(std::to_string(o.rows_per_commit));
    add_lock_wait(command, o.lock_wait);
    add_allow(command, o.allow);
    add_fast(command, o.fast);
    command.add_flag("--vacuum", o.vacuum, "Rewrite the database without free space at the end");
    command.footer(pipeline_notes);
}

void define(CLI::App& command, show_options& o) {
    command.add_option("--database", o.database, "The SQLite database")
        ->check(check_name)
        ->type_name("FILE")
        ->default_str(o.database.string());
    constexpr weir_apps::bounds what_sqlite_counts{
        .least = 0, .most = std::numeric_limits<std::int64_t>::max()};
    add_number(command, "--rows", o.rows, "How many rows to print", what_sqlite_counts)
        ->default_str(std::to_string(o.rows));
    command.footer("Example:\n  weir-load show --database people.db --rows 10");
}

/// A hint for a first argument that is not a command.
std::string help_with(const std::string& word) {
    std::error_code ignored;
    if (!std::filesystem::exists(word, ignored) && word.find('.') == word.npos) return {};
    return fmt::format(
        "to load a CSV file of people, whose header names first_name, last_name and age: weir-load "
        "run-pipeline --input {} --database people.db; to load any other: {}",
        weir_apps::shell_word(word), table_load::load_command_for(word));
}

}  // namespace

command parse_command_line(int count, char** arguments) {
    CLI::App app("Streams CSV files into SQLite.", "weir-load");
    app.set_version_flag("--version", "weir-load " WEIR_VERSION_STRING);
    app.require_subcommand(1);
    app.footer(examples);
    create_options create;
    load_options load;
    show_options show;
    CLI::App* const create_file = app.add_subcommand("create-file", "Make a CSV file of people");
    CLI::App* const run_pipeline =
        app.add_subcommand("run-pipeline", "Load a CSV file of people into a SQLite database");
    CLI::App* const show_database =
        app.add_subcommand("show", "Show how many people a database has, and some of them");
    define(*create_file, create);
    define(*run_pipeline, load);
    define(*show_database, show);
    CLI::App* const load_any =
        app.add_subcommand("load", "Load CSV files into a table of a SQLite database");
    const auto load_line = table_load::define_load(*load_any);
    if (const auto word = weir_apps::unknown_command(app, count, arguments); !word.empty()) {
        return weir_apps::refuse_command(app, word, help_with(word));
    }
    try {
        app.parse(count, arguments);
    } catch (const CLI::ParseError& error) {
        return weir_apps::end_parsing(app, error);
    }
    if (*create_file) return create;
    if (*run_pipeline) return load;
    if (*show_database) return show;
    try {
        return table_load::options_of(*load_line);
    } catch (const weir_apps::usage_error& error) {
        return weir_apps::tell(error);
    }
}

}  // namespace weir_load
