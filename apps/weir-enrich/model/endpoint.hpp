/// Sources and destinations of trades and tables, as the command line names them.
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

enum class endpoint_kind : std::uint8_t { generator, standard, file, tcp, sqlite };

/// A source or destination, and its format.
struct endpoint {
    endpoint_kind kind = endpoint_kind::generator;
    weir_enrich::format format = format::json_lines;
    std::string path;        ///< of a file, also of SQLite
    std::string host;        ///< of tcp: an address
    std::uint16_t port = 0;  ///< of tcp
    std::size_t most = 256;  ///< of tcp: the maximum of connections
    /// Of tcp: a connection that is silent for this long (that takes nothing, for output) is closed
    /// if another wants to connect.
    std::chrono::milliseconds idle{60'000};
    /// Of tcp, for output: what happens to a subscriber whose queue is full.
    weir::overflow behind = weir::overflow::disconnect;
    std::string table;                          ///< of SQLite
    std::chrono::milliseconds every{1'000};     ///< of SQLite: the time between checks for changes
    std::uint64_t most_rows = 20'000'000;       ///< of SQLite, to read: a larger table is an error
    std::chrono::milliseconds within{300'000};  ///< of SQLite, to read: the time limit
    std::string text;                           ///< as the user wrote it
};

/// `generator`, `-`, `csv:-`, `trades.csv`, `trades.jsonl`, `trades.bin`, `json:FILE`,
/// `tcp://127.0.0.1:9000`, `tcp://127.0.0.1:9000?format=jsonl`. The default format is
/// that of the file's ending, JSON lines for the standard input, and binary frames for tcp.
/// Errors: usage_error, which says what is wrong with the text.
endpoint parse_input(const std::string& text);

/// The source of a table: as above without the standard input, or
/// `sqlite:FILE?table=NAME&every=1s`.
endpoint parse_table(const std::string& text);

/// `table`, `jsonl`, `csv`, `-`: the standard output. `sqlite:FILE?table=NAME`. Else as for input,
/// without the generator. A port may say what happens to a subscriber that falls behind:
/// `tcp://127.0.0.1:9001?behind=wait`.
endpoint parse_output(const std::string& text);

}  // namespace weir_enrich
