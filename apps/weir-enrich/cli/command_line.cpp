#include "command_line.hpp"

#include <weir/version.hpp>

#include <fmt/format.h>
#include <shared/duration.hpp>
#include <shared/options.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace weir_enrich {

namespace {

using weir_apps::add_number;
using weir_apps::bounds;
using weir_apps::check_name;

constexpr std::uint64_t a_year = 365 * 24 * 3'600;  // in seconds
constexpr bounds at_least_one{.least = 1};
/// Trades are at least a nanosecond apart.
constexpr bounds rates{.least = 1, .most = 1'000'000'000};

constexpr const char* examples = R"(Examples:
  weir-enrich demo
  weir-enrich run --trades trades.csv --accounts accounts.csv --out enriched.jsonl
  weir-enrich run --trades generator --count 1000000 --out table
  weir-enrich replay monday.journal --out monday.jsonl

Exit codes:
  0    done: each trade was enriched
  1    failed: a line on stderr says why
  2    the command line is wrong
  3    done, but for trades that were rejected or dropped
  130  interrupted by Ctrl-C or SIGTERM, and ended in good order)";

constexpr const char* run_notes =
    R"(Places:
  --trades  generator, FILE.csv, FILE.jsonl, FILE.bin, - (JSON lines; or csv:-, bin:-),
            tcp://127.0.0.1:9000 (frames; JSON lines with ?format=jsonl)
  tables    generator; FILE.csv (read again when it is replaced); FILE.jsonl, FILE.bin (updates,
            followed as they are appended); tcp://127.0.0.1:9002 (for clients that send updates);
            sqlite:FILE?table=NAME (looked for changes each second, or as &every=500ms says)
  --out     table, jsonl, csv, bin (on the standard output), FILE.csv, FILE.jsonl, FILE.bin,
            tcp://127.0.0.1:9001 (for subscribers; likewise; one that falls behind is cut off,
            but for ?behind=drop-oldest, drop-newest or wait), sqlite:FILE?table=NAME
  --figures jsonl, csv, bin (on the standard output), FILE.csv, FILE.jsonl, FILE.bin
The books of the run are printed on stderr at its end:
  received = emitted + dropped + rejected
The first Ctrl-C drains what was read; the second kills.

Examples:
  weir-enrich run --count 10
  zcat trades.jsonl.gz | weir-enrich run --trades - --out enriched.bin --out table
  weir-enrich run --trades trades.csv --on-missing side-output --side-output missing.csv)";

/// The texts of the command line, before they are parsed.
struct run_text {
    std::string trades = "generator";
    std::string instruments = "generator";
    std::string accounts = "generator";
    std::string rates = "generator";
    std::string missing = "drop";
    std::string side_output = "missing.jsonl";
    std::uint64_t count = 0;
    std::uint64_t seconds = 5;
    std::vector<std::string> out;
    std::string statistics;
    std::string window = "60s";
    std::string statistics_every = "1s";
    std::string max_jump;
    std::size_t movers = 0;
};

/// The options of a replay, which are some of these.
struct replay_text {
    run_text run;
    std::string speed;
};

void define_tables(CLI::App& command, run_options& o, run_text& text) {
    const auto table = [&command](const char* name, std::string& to, const char* what) {
        command.add_option(name, to, what)->type_name("PLACE")->default_str(to);
    };
    table("--instruments", text.instruments, "Where the table of instruments comes from");
    table("--accounts", text.accounts, "Where the table of accounts comes from");
    table("--rates", text.rates, "Where the table of exchange rates comes from");
    const auto changes = [&command](const char* name, std::uint64_t& to, const char* what) {
        add_number(command, name, to, what, {.least = 1, .most = 1'000'000});
    };
    changes("--account-changes", o.accounts.changes_a_second,
            "How many accounts the generator changes a second");
    changes("--rate-changes", o.rates.changes_a_second,
            "How often the generator changes the rates, a second");
    command
        .add_option("--on-missing", text.missing, "What becomes of a trade whose key is missing")
        ->type_name("drop|default|side-output|wait=DURATION")
        ->default_str(text.missing);
    command
        .add_option("--side-output", text.side_output,
                    "Where such trades go, with --on-missing side-output")
        ->type_name("FILE")
        ->default_str(text.side_output);
}

void define_generator(CLI::App& command, run_options& o, run_text& text) {
    add_number(command, "--count", text.count, "Ends after so many trades", at_least_one);
    add_number(command, "--seed", o.trades.seed, "The same seed makes the same trades and tables")
        ->type_name("S")
        ->default_str(std::to_string(o.trades.seed));
    add_number(command, "--rate", o.trades.rate,
               "Trades a second of the generator; as fast as it can when not given", rates);
}

void define_statistics(CLI::App& command, run_text& text) {
    command
        .add_option("--figures", text.statistics,
                    "Where the running figures of the instruments go; nowhere when not given")
        ->type_name("PLACE");
    command.add_option("--window", text.window, "The time of events that they cover")
        ->type_name("DURATION")
        ->default_str(text.window);
    command
        .add_option("--figures-every", text.statistics_every,
                    "How often they are written, in the time of events")
        ->type_name("DURATION")
        ->default_str(text.statistics_every);
    command
        .add_option("--figures-max-jump", text.max_jump,
                    "Leaves trades out of them that are later than the newest by more than this")
        ->type_name("DURATION");
    add_number(command, "--movers", text.movers,
               "Writes only those N whose price has moved the most", at_least_one);
}

/// The options of the outputs.
void define_end(CLI::App& command, run_options& o, run_text& text) {
    command.add_option("--out", text.out, "Where enriched trades go; may be given several times")
        ->type_name("PLACE")
        ->default_str("table, or none with --figures");
    define_statistics(command, text);
    add_number(command, "--workers", o.workers, "How many threads make the output's bytes",
               {.least = 1, .most = 999})
        ->default_str(std::to_string(o.workers));
    command.add_flag("--latency", o.latency,
                     "Says at the end how long trades took, from read to written");
    add_number(command, "--drain-within", text.seconds,
               "How long an interrupted run may take to end", {.least = 0, .most = a_year})
        ->type_name("SECONDS")
        ->default_str(std::to_string(text.seconds));
}

void define(CLI::App& command, run_options& o, run_text& text) {
    command.add_option("--trades", text.trades, "Where trades come from")
        ->type_name("PLACE")
        ->default_str(text.trades);
    define_tables(command, o, text);
    define_generator(command, o, text);
    define_end(command, o, text);
    command.add_option("--record", o.record, "Keeps a journal of what is done, for a replay")
        ->check(check_name)
        ->type_name("FILE");
    command.footer(run_notes);
}

void define(CLI::App& command, run_options& o, replay_text& text) {
    command.add_option("journal", o.replay, "What --record has kept")
        ->required()
        ->check(check_name)
        ->type_name("FILE");
    define_end(command, o, text.run);
    text.run.side_output.clear();
    command
        .add_option("--side-output", text.run.side_output,
                    "Where trades go that went to the side output")
        ->type_name("FILE");
    command
        .add_option("--speed", text.speed,
                    "So many times as fast as it was; as fast as it can when not given")
        ->type_name("10x");
    command.footer("Example:\n  weir-enrich replay monday.journal --out monday.jsonl --workers 4");
}

void define(CLI::App& command, demo_options& o) {
    add_number(command, "--seconds", o.seconds, "Ends after so long; runs on when not given",
               {.least = 1, .most = a_year});
    add_number(command, "--rate", o.rate, "Trades a second", rates)
        ->default_str(std::to_string(o.rate));
    add_number(command, "--seed", o.seed, "The same seed makes the same trades")
        ->type_name("S")
        ->default_str(std::to_string(o.seed));
    command.footer("Example:\n  weir-enrich demo --seconds 10");
}

void understand_missing(run_options& o, const std::string& text) {
    constexpr std::string_view wait = "wait=";
    if (text.starts_with(wait)) {
        const auto patience = weir_apps::parse_duration(std::string_view(text).substr(wait.size()));
        if (!patience) throw usage_error("--on-missing: must be such as wait=500ms, not " + text);
        o.missing = on_missing::wait;
        o.patience = *patience;
        return;
    }
    const auto named = weir::codec::from_text<on_missing>(text);
    if (!named || *named == on_missing::wait) {
        throw usage_error(
            "--on-missing: must be drop, default, side-output or wait=DURATION, not " + text);
    }
    o.missing = *named;
}

/// Only one output can be the standard output.
void check_outputs(const run_options& o) {
    const auto statistics =
        o.statistics && o.statistics->to.kind == endpoint_kind::standard ? 1 : 0;
    if (std::ranges::count(o.out, endpoint_kind::standard, &endpoint::kind) + statistics > 1) {
        throw usage_error("only one of --out and --figures can be the standard output");
    }
}

std::chrono::nanoseconds duration_of(const char* option, const std::string& text) {
    const auto parsed = weir_apps::parse_duration(text);
    if (parsed && parsed->count() != 0) return *parsed;
    throw usage_error(fmt::format("{}: must be such as 500ms, 60s, 5m, not {}", option, text));
}

/// Parses an option's text with `parse`. An error names the option.
template <class Parse>
endpoint endpoint_of(const char* option, const std::string& text, Parse parse) {
    try {
        return parse(text);
    } catch (const usage_error& error) {
        throw usage_error(fmt::format("{}: {}", option, error.what()));
    }
}

void understand_statistics(run_options& o, const run_text& text) {
    if (text.statistics.empty()) return;
    statistics_options f;
    f.to = endpoint_of("--figures", text.statistics, parse_output);
    const bool can_be = f.to.kind == endpoint_kind::file || f.to.kind == endpoint_kind::standard;
    if (!can_be || f.to.format == format::table) {
        throw usage_error("--figures: must be a file, jsonl, csv or bin, not " + text.statistics);
    }
    f.window.length = duration_of("--window", text.window);
    f.window.slide = duration_of("--figures-every", text.statistics_every);
    constexpr auto most_periods = 3'600;
    if (f.window.length % f.window.slide != f.window.slide.zero() ||
        f.window.length / f.window.slide > most_periods) {
        throw usage_error("--window: must be 1 to 3600 times --figures-every");
    }
    if (!text.max_jump.empty()) {
        f.window.max_jump = duration_of("--figures-max-jump", text.max_jump);
    }
    if (text.movers != 0) f.movers = text.movers;
    o.statistics = f;
}

void understand_outputs(run_options& o, const run_text& text) {
    understand_statistics(o, text);
    for (const std::string& out : text.out) {
        o.out.push_back(endpoint_of("--out", out, parse_output));
    }
    if (o.out.empty() && !o.statistics) o.out.push_back(parse_output("table"));
    check_outputs(o);
    if (text.seconds > a_year) throw usage_error("--drain-within: must be at most 31536000");
    o.drain_within = std::chrono::seconds(text.seconds);
}

void understand_changing(changing_table_options& o, const std::string& text, const char* table,
                         const char* option) {
    o.from = endpoint_of(table, text, parse_table);
    if (o.changes_a_second != 0 && o.from.kind != endpoint_kind::generator) {
        throw usage_error(fmt::format("{}: only the generator has them", option));
    }
}

void understand_tables(run_options& o, const run_text& text) {
    o.instruments = endpoint_of("--instruments", text.instruments, parse_table);
    const bool moves =
        o.instruments.kind == endpoint_kind::tcp ||
        (o.instruments.kind == endpoint_kind::file && o.instruments.format != format::csv);
    if (moves) {
        throw usage_error(
            "--instruments: they stand still, and come from FILE.csv, sqlite:FILE?table=NAME or "
            "the generator");
    }
    understand_changing(o.accounts, text.accounts, "--accounts", "--account-changes");
    understand_changing(o.rates, text.rates, "--rates", "--rate-changes");
    o.accounts.seed = o.rates.seed = o.trades.seed;
}

void understand_side_output(run_options& o, const std::string& text) {
    o.side_output = endpoint_of("--side-output", text, parse_output);
    if (o.side_output.kind != endpoint_kind::file) {
        throw usage_error("--side-output: must be a file, not " + text);
    }
}

void understand(run_options& o, run_text& text) {
    o.trades.from = endpoint_of("--trades", text.trades, parse_input);
    if (text.count != 0) o.trades.count = text.count;
    if (o.trades.rate != 0 && o.trades.from.kind != endpoint_kind::generator) {
        throw usage_error("--rate: only the generator has one");
    }
    understand_tables(o, text);
    understand_missing(o, text.missing);
    if (o.missing == on_missing::side_output) understand_side_output(o, text.side_output);
    understand_outputs(o, text);
}

/// 10x, 0.5x, 2.
double speed_of(const std::string& text) {
    double speed = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, speed);
    const std::string_view rest(stop, static_cast<std::size_t>(end - stop));
    const bool good =
        error == std::errc() && (rest.empty() || rest == "x") && speed > 0 && std::isfinite(speed);
    if (!good) throw usage_error("--speed: must be such as 10x, not " + text);
    return speed;
}

void understand(run_options& o, replay_text& text) {
    if (!text.speed.empty()) o.speed = speed_of(text.speed);
    if (!text.run.side_output.empty()) understand_side_output(o, text.run.side_output);
    understand_outputs(o, text.run);
}

/// Commands that a user may mean by another word.
std::string help_with(const std::string& word) {
    std::error_code ignored;
    if (!std::filesystem::exists(word, ignored) && word.find('.') == word.npos) return {};
    return "to enrich a file of trades: weir-enrich run --trades " + weir_apps::shell_word(word);
}

}  // namespace

command parse_command_line(int count, char** arguments) {
    CLI::App app("Enriches trades with instruments, accounts and exchange rates.", "weir-enrich");
    app.set_version_flag("--version", "weir-enrich " WEIR_VERSION_STRING);
    app.require_subcommand(1);
    app.footer(examples);
    run_options run;
    run_text text;
    run_options replay;
    replay_text replay_said;
    demo_options shown;
    CLI::App* const run_command = app.add_subcommand("run", "Trades in, enriched trades out");
    CLI::App* const replay_command =
        app.add_subcommand("replay", "Does again what a run has recorded");
    CLI::App* const demo_command =
        app.add_subcommand("demo", "Made-up trades and tables, and a live view of them");
    define(*run_command, run, text);
    define(*replay_command, replay, replay_said);
    define(*demo_command, shown);
    if (const auto word = weir_apps::unknown_command(app, count, arguments); !word.empty()) {
        return weir_apps::refuse_command(app, word, help_with(word));
    }
    try {
        app.parse(count, arguments);
        if (*demo_command) return shown;
        if (*replay_command) {
            understand(replay, replay_said);
            return replay;
        }
        understand(run, text);
        return run;
    } catch (const CLI::ParseError& error) {
        return weir_apps::end_parsing(app, error);
    } catch (const usage_error& error) {
        spdlog::error("{}", error.what());
        return exit_code::usage;
    }
}

}  // namespace weir_enrich
