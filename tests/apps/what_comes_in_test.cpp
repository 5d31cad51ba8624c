// Standard input and standard error of any kind, and words in the place of a command.

#include <weir/connectors/sqlite/database.hpp>

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "support.hpp"

namespace {

using namespace weir_load_test;

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

/// Runs a line of the shell in a directory, with the programs' directory as $A, and returns its
/// exit code. What it writes to stderr, but for that of the program, is in `dir/err`.
int shell(const scratch& dir, const std::string& line) {
    const std::string apps = std::getenv("WEIR_APPS");
    const std::string all = "cd " + dir.path().string() + " && A=" + apps + " && " + line;
    return WEXITSTATUS(std::system(all.c_str()));
}

std::uint64_t rows_in(const scratch& dir) {
    weir::sqlite::database_options reading;
    reading.read_only = true;
    weir::sqlite::database db(dir / "people.db", reading);
    return static_cast<std::uint64_t>(db.row_count("people"));
}

}  // namespace

TEST_CASE("Standard input is read from where it stands: a file in part, a pipe, a socket") {
    const scratch dir;
    write_file(dir / "in", "exported today\nfirst_name,last_name,age\nTom,Connor,42\n");
    CHECK(shell(dir, "{ read -r junk; $A/weir-load/weir-load run-pipeline --input - >out; } <in") ==
          0);
    CHECK(rows_in(dir) == 1);
    CHECK(shell(dir, "tail -n 2 in | $A/weir-load/weir-load run-pipeline --input - >out") == 0);
    CHECK(rows_in(dir) == 1);

    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    const std::string text = people_csv(3);
    REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    ::close(ends[1]);
    const int before = ::dup(STDIN_FILENO);
    ::dup2(ends[0], STDIN_FILENO);
    ::close(ends[0]);
    const auto loaded = run(dir.path(), {"run-pipeline", "--input", "-"});
    ::dup2(before, STDIN_FILENO);
    ::close(before);
    CAPTURE(loaded.err);
    CHECK(loaded.code == 0);
    CHECK(rows_in(dir) == 3);

    write_file(dir / "header", "first_name,last_name,age\n");
    CHECK(shell(dir,
                "$A/weir-load/weir-load run-pipeline --input - --database new.db "
                "--progress json <header >out") == 0);
    CHECK(contains(read_file(dir / "out"), "\"next_line\":2,\"next_byte\":25"));

    CHECK(shell(dir, "$A/weir-load/weir-load run-pipeline --input - <&- 2>err") == 1);
    CHECK(contains(read_file(dir / "err"), "cannot read standard input: Bad file descriptor"));
    CHECK(shell(dir, "printf 'a,b\\n' | $A/weir-load/weir-load run-pipeline --input - 2>err") == 1);
    CHECK(contains(read_file(dir / "err"), "standard input: the header lacks"));
    CHECK(rows_in(dir) == 3);
}

TEST_CASE("A standard error that is closed or full is no failure, and no file takes its place") {
    const scratch dir;
    CHECK(shell(dir, "$A/weir-load/weir-load create-file --number-rows 3 2>&-") == 0);
    CHECK(shell(dir, "$A/weir-load/weir-load create-file --number-rows 3 2>/dev/full") == 0);
    CHECK(shell(dir, "echo bad >>people.csv; $A/weir-load/weir-load run-pipeline 2>&- >out") == 3);
    CHECK(rows_in(dir) == 3);
    CHECK(shell(dir, "$A/weir-load/weir-load show 2>&- >out") == 0);
}

TEST_CASE("What is no command is refused with what it may have been meant for") {
    const scratch dir;
    const auto file = run(dir.path(), {"my sales.csv"});
    CHECK(file.code == 2);
    CHECK(contains(file.err, "'my sales.csv' is no command; to load a CSV file of people"));
    CHECK(contains(file.err, "weir-load run-pipeline --input 'my sales.csv' --database people.db"));
    const auto word = run(dir.path(), {"loud"});
    CHECK(word.code == 2);
    CHECK(contains(word.err, "the commands are create-file, run-pipeline, show"));
}

TEST_CASE("Options that make no sense end with code 2 and their name") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(1));
    const auto refused = [&](const std::string& option, const std::string& value,
                             std::string_view why) {
        const auto said = run(dir.path(), {"run-pipeline", option, value});
        CHECK(said.code == 2);
        CHECK_MESSAGE(said.err.starts_with(option + ": " + std::string(why)), said.err);
    };
    refused("--rows-per-commit", "18446744073709551616", "must be at most 18446744073709551615");
    refused("--rows-per-commit", "0", "must be at least 1");
    refused("--lock-wait", "99999999999999999999", "must be at most");
    refused("--delimiter", "\"", "cannot be a quote");
    refused("--delimiter", "ab", "must be one character");
    refused("--input", "", "names no file");
    refused("--database", "", "names no file");
    refused("--encoding", "latin", "must be utf-8|windows-1252|bytes");
    refused("--progress", "\x1b[2J", "must be auto");
    const auto octal = run(dir.path(), {"create-file", "--number-rows", "010", "--output", "-"});
    CHECK(octal.out.size() > people_csv(9).size());
    CHECK(dir.names() == std::vector<std::string>{"people.csv"});
}

TEST_CASE("Names that are no UTF-8 are rejected, converted or loaded, as it is asked for") {
    const scratch dir;
    write_file(dir / "people.csv",
               "first_name,last_name,age\nJ\xfcrgen,M\xfcller,42\nTom,x\xc0\x80y,1\nA,B,1\n");
    const auto names_of = [&] {
        auto db = weir::sqlite::database(dir / "people.db");
        auto select =
            db.prepare("SELECT first_name || ' ' || last_name FROM people ORDER BY rowid");
        std::vector<std::string> found;
        while (select.step()) found.push_back(select.get<std::string>(0));
        return found;
    };
    const auto strict = run(dir.path(), {"run-pipeline"});
    CHECK(strict.code == 3);
    CHECK(contains(strict.err, "people.csv: line 2: the first_name is no UTF-8: skipped"));
    CHECK(contains(strict.err, "people.csv: line 3: the last_name is no UTF-8: skipped"));
    CHECK(names_of() == std::vector<std::string>{"A B"});
    CHECK(run(dir.path(), {"run-pipeline", "--encoding", "windows-1252"}).code == 0);
    CHECK(names_of()[0] == "J\xC3\xBCrgen M\xC3\x9CLLER");
    CHECK(run(dir.path(), {"run-pipeline", "--encoding", "bytes"}).code == 0);
    CHECK(names_of()[1] == "Tom X\xc0\x80Y");
}
