#include "load_line.hpp"

#include <weir/connectors/csv/dialect.hpp>

#include <fmt/format.h>
#include <shared/exit_code.hpp>
#include <shared/options.hpp>
#include <weir-load/write_options.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>

namespace weir_load::table_load {

struct load_line {
    options o;
    std::string to;
    std::string delimiter;
    std::string quote;
    std::string comment;
    bool quote_given = false;
    bool header = false;
    bool no_header = false;
    std::string encoding;
    std::string infer;
    std::vector<std::string> types;
    std::vector<std::string> rename;
    std::vector<std::string> map;
    std::vector<std::string> indexes;
    std::string max_errors;
};

namespace {

using weir_apps::usage_error;

constexpr const char* notes =
    R"(Delimiter, quote, header, encoding and types are told from the files; --dry-run shows them.
A new table is there when all its rows are. A value that does not fit its column is never changed:
its record is kept aside, as it was, in DATABASE.TABLE.rejects.csv, and the reasons beside it.
An empty field is NULL; an empty one in quotes is empty text.

Examples:
  weir-load load sales.csv --to sqlite:shop.db
  weir-load load 2026-*.csv.gz --to sqlite:shop.db --table sales --mode append
  zcat sales.csv.gz | weir-load load - --to sqlite:shop.db --table sales
  weir-load load sales.csv --to sqlite:shop.db --dry-run

Exit codes:
  0    done; all records are in the table
  1    failed: a line on stderr says why
  2    the command line is wrong
  3    done, but some records were rejected
  4    done, but a step that follows failed: a line on stderr says which
  130  interrupted by Ctrl-C or SIGTERM, and ended in good order)";

/// One character, or `\t`.
std::optional<char> character(const char* option, const std::string& text) {
    if (text.empty()) return std::nullopt;
    if (text == "\\t" || text == "tab") return '\t';
    if (text.size() == 1) return text.front();
    throw usage_error(fmt::format("{} {}: must be one character, or \\t", option, text));
}

std::vector<std::string> split_at_commas(const std::string& text) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (std::size_t comma = 0; comma != text.npos; begin = comma + 1) {
        comma = text.find(',', begin);
        parts.push_back(text.substr(begin, comma - begin));
    }
    return parts;
}

named_value named(const char* option, const std::string& text) {
    const auto equals = text.find('=');
    if (equals == text.npos || equals == 0 || equals + 1 == text.size()) {
        throw usage_error(fmt::format("{} {}: must be NAME=VALUE", option, text));
    }
    return {text.substr(0, equals), text.substr(equals + 1)};
}

template <class T, std::size_t N>
void add_words(CLI::App& command, const char* name, T& value, const char* description,
               const std::array<std::pair<const char*, T>, N>& words) {
    std::string all;
    std::map<std::string, T> choices;
    for (const auto& [word, chosen] : words) {
        all += (all.empty() ? "" : "|") + std::string(word);
        choices.emplace(word, chosen);
    }
    command
        .add_option_function<std::string>(
            name, [&value, choices](const std::string& text) { value = choices.at(text); },
            description)
        ->type_name(all)
        ->check([choices, all](const std::string& text) {
            return choices.contains(text) ? std::string() : "must be " + all;
        });
}

void add_list(CLI::App& command, const char* name, std::vector<std::string>& to,
              const char* description, const char* type) {
    // No list of CLI11's: it would take the files that follow for names.
    command
        .add_option_function<std::string>(
            name, [&to](const std::string& text) { to = split_at_commas(text); }, description)
        ->type_name(type);
}

/// An option that can be given several times, once each.
void add_each(CLI::App& command, const char* name, std::vector<std::string>& to,
              const char* description, const char* type) {
    command.add_option(name, to, description)->type_name(type)->allow_extra_args(false);
}

void define_input(CLI::App& command, load_line& line) {
    options& o = line.o;
    command.add_option("--delimiter", line.delimiter, "What separates the fields; \\t is a tab")
        ->type_name("CHARACTER");
    command
        .add_option_function<std::string>(
            "--quote",
            [&line](const std::string& text) {
                line.quote = text;
                line.quote_given = true;
            },
            "What fields are quoted with; none: they never are")
        ->type_name("CHARACTER|none");
    command.add_flag("--header", line.header, "The first record names the columns");
    command.add_flag("--no-header", line.no_header, "The first record is data");
    add_list(command, "--columns", o.columns,
             "Names of the columns, of a file without header or in the place of its names",
             "NAME,...");
    weir_apps::add_number(command, "--skip", o.input.skip_lines,
                          "How many lines to pass over at the begin of each file");
    command.add_option("--comment", line.comment, "Lines that begin with it are passed over")
        ->type_name("CHARACTER");
    add_each(command, "--null", o.null_words, "A word that means NULL, as an empty field does",
             "WORD");
    command.add_flag("--trim", o.trim, "Leave out spaces and tabs around fields");
    command
        .add_option("--encoding", line.encoding,
                    "utf-8, latin-1, windows-1252, utf-16le or utf-16be")
        ->type_name("ENCODING");
    weir_apps::add_number(command, "--max-record-size", o.input.max_record_size,
                          "A longer record, in bytes, is a bad one",
                          {.least = 1, .most = std::uint64_t{1} << 30});
}

void define_columns(CLI::App& command, load_line& line) {
    options& o = line.o;
    command
        .add_option("--infer", line.infer,
                    "How many records types are told from; none: all columns are text")
        ->type_name("N|all|none")
        ->default_str("10000");
    add_each(command, "--type", line.types,
             "integer, real, text, boolean, date, timestamp, decimal, uuid or json", "COLUMN=TYPE");
    command.add_option("--date-format", o.date_format, "How dates are written: %d.%m.%Y")
        ->type_name("FORMAT");
    command.add_flag("--strict", o.strict, "Make the table a STRICT one");
    add_list(command, "--select", o.select, "The columns to load, in this order", "NAME,...");
    add_each(command, "--rename", line.rename, "What a column is called in the table", "OLD=NEW");
    add_each(command, "--map", line.map, "A column that is computed: 'name=upper(trim(name))'",
             "COLUMN=EXPRESSION");
    add_words(command, "--missing-columns", o.missing_columns_null,
              "What a file does that lacks columns of the first",
              std::array{std::pair{"error", false}, std::pair{"null", true}});
    add_words(command, "--extra-columns", o.extra_columns_ignored,
              "What columns do that the first file, or the table, lacks",
              std::array{std::pair{"error", false}, std::pair{"ignore", true}});
}

void define_table(CLI::App& command, load_line& line) {
    options& o = line.o;
    using enum write_mode;
    add_words(command, "--mode", o.mode, "What becomes of a table that is there (default create)",
              std::array{std::pair{"create", create}, std::pair{"append", append},
                         std::pair{"truncate", truncate}, std::pair{"replace", replace},
                         std::pair{"ignore", ignore}, std::pair{"upsert", upsert}});
    add_list(command, "--key", o.key, "What tells rows apart, for ignore and upsert", "NAME,...");
    add_list(command, "--primary-key", o.primary_key, "The primary key of a new table", "NAME,...");
    add_each(command, "--index", line.indexes, "An index to make, of these columns", "NAME,...");
    add_each(command, "--before", o.before, "SQL to run before the load", "SQL");
    add_each(command, "--after", o.after, "SQL to run when the rows are in the table", "SQL");
    command.add_flag("--single-transaction", o.single_transaction,
                     "All rows or none, also when rows are added to a table");
    weir_apps::add_number(command, "--rows-per-commit", o.rows_per_commit,
                          "How many rows a transaction holds", {.least = 1})
        ->default_str(std::to_string(o.rows_per_commit));
    weir_apps::add_number(command, "--limit", o.limit, "Load no more rows than this");
    const auto allow = [&o](const std::string& text) {
        allow_named(o.allow, split_at_commas(text));
    };
    command.add_option_function<std::string>("--allow", allow, "What replace may lose")
        ->type_name(allowance_names);
    add_lock_wait(command, o.lock_wait);
    add_fast(command, o.fast);
}

void define_run(CLI::App& command, load_line& line) {
    options& o = line.o;
    add_words(
        command, "--on-error", o.on_error, "What a bad record does (default reject)",
        std::array{std::pair{"reject", bad_record::reject}, std::pair{"stop", bad_record::stop}});
    command.add_option("--max-errors", line.max_errors, "More bad records than this end the load")
        ->type_name("N|P%");
    command.add_option("--rejects", o.rejects, "Where bad records go")
        ->check(weir_apps::check_name)
        ->type_name("FILE")
        ->default_str("DATABASE.TABLE.rejects.csv");
    command.add_flag("--dry-run", o.dry_run, "Say what would be done, and do nothing");
    using enum progress_mode;
    add_words(
        command, "--progress", o.progress,
        "How progress is shown (default auto: a bar on a terminal)",
        std::array{std::pair{"auto", automatic}, std::pair{"bar", bar}, std::pair{"plain", plain},
                   std::pair{"json", json}, std::pair{"none", none}});
}

/// `sales` for `data/sales.csv.gz`.
std::string table_name_of(const std::filesystem::path& file) {
    std::filesystem::path name = file.filename();
    for (const char* packed : {".gz", ".zst", ".gzip"}) {
        if (name.extension() == packed) name = name.stem();
    }
    return name.stem().string();
}

void name_table(options& o) {
    if (o.files.empty()) {
        throw usage_error("which file? weir-load load sales.csv --to sqlite:shop.db");
    }
    if (!o.table.empty()) return;
    if (o.files.size() > 1 || o.files.front() == "-") {
        throw usage_error("into which table? say --table NAME");
    }
    o.table = table_name_of(o.files.front());
}

void name_database(options& o, const std::string& to) {
    if (to.empty()) {
        throw usage_error(fmt::format("where to? {}", load_command_for(o.files.front().string())));
    }
    constexpr std::string_view scheme = "sqlite:";
    if (!to.starts_with(scheme)) {
        throw usage_error(fmt::format("--to {}: must be sqlite:FILE, as in --to sqlite:{}", to,
                                      to.find(':') == to.npos ? to : "shop.db"));
    }
    const std::string file = to.substr(scheme.size());
    if (file.empty() || file == ":memory:") {
        throw usage_error(fmt::format(
            "--to {}: this names no file (sqlite:./:memory: is a file of that name)", to));
    }
    o.database = file;
}

void read_dialect(options& o, const load_line& line) {
    told_dialect& told = o.input.dialect;
    told.delimiter = character("--delimiter", line.delimiter);
    told.comment = character("--comment", line.comment);
    if (line.quote_given) {
        told.quote = line.quote == "none" || line.quote.empty()
                         ? '\0'
                         : character("--quote", line.quote).value();
    }
    if (line.header && line.no_header) {
        throw usage_error("--header and --no-header exclude each other");
    }
    if (line.header) told.header = true;
    if (line.no_header || (!line.header && !o.columns.empty())) told.header = false;
    weir::csv::dialect tried;
    tried.delimiter = told.delimiter.value_or(told.quote == ',' || told.comment == ',' ? ';' : ',');
    if (told.quote && *told.quote != '\0') tried.quote = *told.quote;
    if (tried.delimiter == '"' && !told.quote) tried.quote = '\'';
    tried.comment = told.comment;
    if (const auto good = weir::csv::validate(tried); !good.ok()) {
        throw usage_error(std::string(good.message()));
    }
    if (line.encoding.empty()) return;
    o.input.text = charset_named(line.encoding);
    if (!o.input.text) {
        throw usage_error(
            fmt::format("--encoding {}: must be utf-8, latin-1, windows-1252, utf-16le or utf-16be",
                        line.encoding));
    }
}

void read_types(options& o, const load_line& line) {
    for (const std::string& text : line.types) {
        const auto [column, name] = named("--type", text);
        const auto type = column_type_named(name);
        if (!type) {
            throw usage_error(fmt::format(
                "--type {}: must be integer, real, text, boolean, date, timestamp, decimal, uuid "
                "or json",
                text));
        }
        o.types.emplace_back(column, *type);
    }
    for (const std::string& text : line.rename) o.rename.push_back(named("--rename", text));
    for (const std::string& text : line.map) o.map.push_back(named("--map", text));
    for (const std::string& text : line.indexes) o.indexes.push_back(split_at_commas(text));
    if (line.infer == "all") {
        o.infer_records.reset();
    } else if (line.infer == "none") {
        o.infer_records = 0;
    } else if (!line.infer.empty()) {
        o.infer_records = weir_apps::parse_whole(line.infer);
        if (!o.infer_records) {
            throw usage_error(fmt::format("--infer {}: must be a number, all or none", line.infer));
        }
    }
}

void read_max_errors(options& o, const std::string& text) {
    if (text.empty()) return;
    if (!text.ends_with('%')) {
        const auto count = weir_apps::parse_whole(text);
        if (!count) throw usage_error(fmt::format("--max-errors {}: must be N or P%", text));
        o.max_errors.count = *count;
        return;
    }
    double percent = 0;
    const char* const end = text.data() + text.size() - 1;
    const auto read = std::from_chars(text.data(), end, percent);
    if (read.ec != std::errc{} || read.ptr != end || !(percent >= 0 && percent <= 100)) {
        throw usage_error(fmt::format("--max-errors {}: must be N or P%", text));
    }
    o.max_errors.percent = percent;
}

void check_together(const options& o) {
    if (o.mode == write_mode::upsert && o.key.empty()) {
        throw usage_error("--mode upsert: which columns tell rows apart? say --key NAME,...");
    }
    if (!o.key.empty() && o.mode != write_mode::upsert && o.mode != write_mode::ignore) {
        throw usage_error("--key is for --mode upsert and ignore; --primary-key is for new tables");
    }
    for (const std::string* name : {&o.table}) {
        if (name->find('\0') != name->npos) throw usage_error("--table: a name cannot hold a NUL");
    }
    for (const std::string& name : o.columns) {
        if (name.empty()) throw usage_error("--columns: a name is empty");
    }
}

}  // namespace

std::shared_ptr<load_line> define_load(CLI::App& command) {
    auto line = std::make_shared<load_line>();
    command.add_option("FILE", line->o.files, "CSV files, also gzip and zstd; - is standard input")
        ->check(weir_apps::check_name);
    command.add_option("--to", line->to, "The database, which is made if it is not there")
        ->type_name("sqlite:FILE");
    command
        .add_option("--table", line->o.table, "The table; by default it is named after the file")
        ->type_name("NAME");
    define_input(command, *line);
    define_columns(command, *line);
    define_table(command, *line);
    define_run(command, *line);
    command.footer(notes);
    return line;
}

options options_of(const load_line& line) {
    options o = line.o;
    if (!o.files.empty()) name_database(o, line.to);
    name_table(o);
    read_dialect(o, line);
    read_types(o, line);
    read_max_errors(o, line.max_errors);
    check_together(o);
    return o;
}

std::string load_command_for(const std::string& file) {
    const bool standard = file == "-" || file.empty();
    const std::string stem = standard ? "data" : table_name_of(file);
    return fmt::format("weir-load load {} --to {}{}", standard ? "-" : weir_apps::shell_word(file),
                       weir_apps::shell_word("sqlite:" + stem + ".db"),
                       standard ? " --table " + stem : "");
}

}  // namespace weir_load::table_load
