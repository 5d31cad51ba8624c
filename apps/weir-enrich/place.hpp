/// Where trades come from and go to, as it is written on the command line.
#pragma once

#include <weir/connectors/tcp/publish_options.hpp>

#include <shared/exit_code.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace weir_enrich {

using weir_apps::usage_error;

enum class format : std::uint8_t { csv, json_lines, frames, table };

enum class place_kind : std::uint8_t { generator, standard, file, tcp, sqlite };

/// A place and what is spoken there.
struct place {
    place_kind kind = place_kind::generator;
    weir_enrich::format format = format::json_lines;
    std::string path;        ///< of a file, also of SQLite
    std::string host;        ///< of tcp: an address
    std::uint16_t port = 0;  ///< of tcp
    std::size_t most = 256;  ///< of tcp: how many may be connected at once
    /// Of tcp: one that is silent (takes nothing, for output) for so long makes room for another.
    std::chrono::milliseconds idle{60'000};
    /// Of tcp, for output: what becomes of a subscriber whose queue is full.
    weir::overflow behind = weir::overflow::disconnect;
    std::string table;                          ///< of SQLite
    std::chrono::milliseconds every{1'000};     ///< of SQLite: how often it is looked for changes
    std::uint64_t most_rows = 20'000'000;       ///< of SQLite, as a table to read: an error beyond
    std::chrono::milliseconds within{300'000};  ///< likewise: how long reading it may take
    std::string text;                           ///< as it was written
};

/// `generator`, `-`, `csv:-`, `trades.csv`, `trades.jsonl`, `trades.bin`, `json:FILE`,
/// `tcp://127.0.0.1:9000`, `tcp://127.0.0.1:9000?format=jsonl`. A format that is not said is that
/// of the file's ending, JSON lines of the standard input, and binary frames of tcp.
/// Throws usage_error, which names what is wrong with the text.
place parse_input(const std::string& text);

/// Where a table comes from: as above, but no standard input; or `sqlite:FILE?table=NAME&every=1s`.
place parse_table(const std::string& text);

/// `table`, `jsonl`, `csv`, `-`: the standard output; `sqlite:FILE?table=NAME`; else as for input.
/// No generator. Of a port also what it does to a subscriber that falls behind:
/// `tcp://127.0.0.1:9001?behind=wait`.
place parse_output(const std::string& text);

}  // namespace weir_enrich
