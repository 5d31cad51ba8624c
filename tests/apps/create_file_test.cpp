#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "support.hpp"

using namespace weir_load_test;

TEST_CASE("create-file writes a header and as many people as asked for, of all names and ages") {
    const scratch dir;
    const auto made = run(dir.path(), {"create-file", "--number-rows", "200000", "--seed", "1"});
    CHECK(made.code == 0);
    CHECK(made.out.empty());
    CHECK(made.err.starts_with("weir-load: wrote people.csv: 200,000 rows in "));
    CHECK(made.err.ends_with(" (seed 1)\n"));

    std::istringstream text(read_file(dir / "people.csv"));
    std::string line;
    std::getline(text, line);
    CHECK(line == "first_name,last_name,age");
    std::set<std::string> different;
    int rows = 0;
    for (; std::getline(text, line); ++rows) different.insert(line);
    CHECK(rows == 200'000);
    CHECK(different.size() == 10 * 10 * 48);
    const std::regex person(
        "(Tom|Johnny|Jim|Eric|Amanda|Grace|Judy|Frank|Sally|Will),(Connor|Henderson|Farley|Henson|"
        "Jeffries|Carlin|Anderson|O' Sullivan|Dorothy|McDougal),(1[89]|[2-5][0-9]|6[0-5])");
    CHECK(std::ranges::all_of(different,
                              [&](const auto& each) { return std::regex_match(each, person); }));
}

TEST_CASE("The same seed makes the same file, another makes another") {
    const scratch dir;
    const auto make = [&](const char* seed, const char* file) {
        CHECK(run(dir.path(),
                  {"create-file", "--number-rows", "70001", "--seed", seed, "--output", file})
                  .code == 0);
        return read_file(dir / file);
    };
    const std::string first = make("1", "a.csv");
    CHECK(std::ranges::count(first, '\n') == 70'002);
    CHECK(make("1", "b.csv") == first);
    CHECK(make("2", "c.csv") != first);
}

TEST_CASE("create-file makes a file of a header alone") {
    const scratch dir;
    CHECK(run(dir.path(), {"create-file", "--number-rows", "0"}).code == 0);
    CHECK(read_file(dir / "people.csv") == "first_name,last_name,age\n");
}

TEST_CASE("create-file writes to the standard output on wish") {
    const scratch dir;
    const auto made = run(dir.path(), {"create-file", "--number-rows", "3", "--output", "-"});
    CHECK(made.code == 0);
    CHECK(std::ranges::count(made.out, '\n') == 4);
    CHECK(dir.names().empty());
}

TEST_CASE("When the disk is full create-file says so, and what was there stays") {
    const scratch dir;
    write_file(dir / "people.csv", "old");
    limits small;
    small.file_size = 1 << 20;
    const auto made = run(dir.path(), {"create-file", "--number-rows", "1000000"}, small);
    CHECK(made.code == 1);
    CHECK(made.err == "weir-load: error: cannot write people.csv: File too large\n");
    CHECK(dir.names() == std::vector<std::string>{"people.csv"});
    CHECK(read_file(dir / "people.csv") == "old");
}

TEST_CASE("create-file names the file and the cause when it cannot write") {
    const scratch dir;
    const auto full =
        run(dir.path(), {"create-file", "--number-rows", "9", "--output", "/dev/full"});
    CHECK(full.code == 1);
    CHECK(full.err == "weir-load: error: cannot write /dev/full: No space left on device\n");
    const auto lost =
        run(dir.path(), {"create-file", "--number-rows", "9", "--output", "no/x.csv"});
    CHECK(lost.code == 1);
    CHECK(lost.err == "weir-load: error: cannot create no/x.csv: No such file or directory\n");
    const auto directory = run(dir.path(), {"create-file", "--number-rows", "9", "--output", "."});
    CHECK(directory.code == 1);
    CHECK(directory.err == "weir-load: error: cannot create .: Is a directory\n");
}

TEST_CASE("create-file ends in good order when interrupted") {
    const scratch dir;
    program making(dir.path(), {"create-file", "--number-rows", "1000000000000", "--output", "-"});
    REQUIRE(making.out_line());
    making.signal(SIGINT);
    while (making.out_line()) {
    }
    CHECK(making.wait() == 130);
}

TEST_CASE("A command line that makes no sense ends with 2 and says what is wrong") {
    const scratch dir;
    for (const auto& arguments : std::vector<std::vector<std::string>>{
             {},
             {"fly"},
             {"create-file"},
             {"create-file", "--number-rows", "-3"},
             {"create-file", "--number-rows", "many"},
             {"run-pipeline", "--id", "uuid5"},
             {"run-pipeline", "--delimiter", "ab"},
             {"run-pipeline", "--rows-per-commit", "0"},
             {"run-pipeline", "--input", "a.csv", "--database", "./a.csv"},
         }) {
        const auto said = run(dir.path(), arguments);
        CAPTURE(said.err);
        CHECK(said.code == 2);
        CHECK_FALSE(said.err.empty());
        CHECK(dir.names().empty());
    }
}

TEST_CASE("Help has examples and the exit codes") {
    const scratch dir;
    const auto help = run(dir.path(), {"--help"});
    CHECK(help.code == 0);
    CHECK(help.out.find("weir-load run-pipeline --input people.csv") != std::string::npos);
    CHECK(help.out.find("130") != std::string::npos);
    CHECK(run(dir.path(), {"run-pipeline", "--help"}).out.find("--rows-per-commit") !=
          std::string::npos);
}

TEST_CASE("create-file leaves a file's mode as it was") {
    const scratch dir;
    write_file(dir / "people.csv", "old");
    std::filesystem::permissions(dir / "people.csv", std::filesystem::perms(0600));
    CHECK(run(dir.path(), {"create-file", "--number-rows", "1"}).code == 0);
    CHECK(std::filesystem::status(dir / "people.csv").permissions() ==
          std::filesystem::perms(0600));
    CHECK(read_file(dir / "people.csv").starts_with("first_name"));
}

TEST_CASE("create-file writes to where a link leads, though nothing is there yet") {
    const scratch dir;
    std::filesystem::create_symlink("there.csv", dir / "people.csv");
    CHECK(run(dir.path(), {"create-file", "--number-rows", "1"}).code == 0);
    CHECK(std::filesystem::is_symlink(dir / "people.csv"));
    CHECK(read_file(dir / "there.csv").starts_with("first_name"));
}
