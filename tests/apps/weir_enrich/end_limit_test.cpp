// The end of a run comes in time, whatever it waits for, and says what it waited for.

#include <weir/connectors/sqlite/database.hpp>
#include <weir/core/asio.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <support/sanitized.hpp>
#include <sys/stat.h>
#include <unistd.h>
#include <weir-enrich/model/connections.hpp>

#include <array>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "feeds.hpp"

using namespace weir_enrich_test;
using weir_load_test::program;
using weir_load_test::scratch;
using weir_load_test::write_file;

namespace {

const std::string any_port = "tcp://127.0.0.1:0";

// A named pipe whose reading end is open, and is not read.
class unread_pipe {
public:
    explicit unread_pipe(const std::filesystem::path& path) {
        REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
        end_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK);
        REQUIRE(end_ >= 0);
        // Less than the bytes of a chunk of trades, so a writer of one is stuck.
        REQUIRE(::fcntl(end_, F_SETPIPE_SZ, 4096) >= 0);
    }
    unread_pipe(const unread_pipe&) = delete;
    unread_pipe& operator=(const unread_pipe&) = delete;
    ~unread_pipe() { ::close(end_); }

    // Until something was written to it.
    void wait() const {
        pollfd input{end_, POLLIN, 0};
        while (::poll(&input, 1, -1) != 1) {
        }
    }

private:
    int end_ = -1;
};

std::string rest_of(program& p) {
    std::string text;
    while (const auto line = p.err_line()) text += *line + '\n';
    return text;
}

// A view that has rows without end, or none, and takes for ever to find that out.
void make_endless(const std::filesystem::path& file) {
    weir::sqlite::database db(file);
    const std::string numbers =
        "WITH RECURSIVE n(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n) "
        "SELECT x AS user_id, 'n' AS name, 'gold' AS tier, 0.1 AS fee_rate FROM n";
    db.exec("CREATE VIEW endless AS " + numbers);
    db.exec("CREATE VIEW silent AS " + numbers + " WHERE x < 0");
}

/// Whether a process has a file of this name open. Descriptors come and go meanwhile.
bool has_open(pid_t process, const std::string& name) {
    std::error_code error;
    const auto open = "/proc/" + std::to_string(process) + "/fd";
    for (std::filesystem::directory_iterator at(open, error), end; !error && at != end;
         at.increment(error)) {
        std::error_code gone;
        if (std::filesystem::read_symlink(*at, gone).filename() == name) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("an output that is not read does not hold up the end, and is named") {
    for (const std::string option : {"--out", "--figures", "--record"}) {
        const scratch dir;
        const unread_pipe out(dir / "out.jsonl");
        program p(dir.path(), {"run", "--drain-within", "0", option, "out.jsonl"}, enrich);
        out.wait();
        p.signal(SIGTERM);
        const std::string err = rest_of(p);
        CHECK(p.wait() == 1);
        CHECK_MESSAGE(has(err, "out.jsonl"), err);
        CHECK_MESSAGE(has(err, "received "), err);
    }
}

TEST_CASE("an output that fails ends the run, though another output is not read") {
    const scratch dir;
    std::optional<unread_pipe> out(dir / "out.jsonl");
    const unread_pipe figures(dir / "figures.jsonl");
    // A second lies between two trades, so that the first of them make figures enough for the pipe.
    std::string trades = "trade_id,instrument_id,user_id,price,quantity,side,event_time\n";
    for (int i = 1; i != 600; ++i) {
        trades += std::to_string(i) + ",1,1,100,1,buy," + std::to_string(i) + "000000000\n";
    }
    write_file(dir / "trades.csv", trades);
    program p(dir.path(),
              {"run", "--drain-within", "0", "--trades", "trades.csv", "--out", "out.jsonl",
               "--figures", "figures.jsonl"},
              enrich);
    out->wait();
    figures.wait();
    out.reset();  // who writes to it fails
    const std::string err = rest_of(p);
    CHECK(p.wait() == 1);
    CHECK_MESSAGE(has(err, "out.jsonl: Broken pipe"), err);
    CHECK_MESSAGE(has(err, "received "), err);
}

TEST_CASE("an output pipe that has no reader does not hold up the end, and is named") {
    const scratch dir;
    REQUIRE(::mkfifo((dir / "pipe.jsonl").c_str(), 0600) == 0);
    program p(dir.path(),
              {"run", "--drain-within", "0", "--out", "first.jsonl", "--out", "pipe.jsonl"},
              enrich);
    while (!std::filesystem::exists(dir / "first.jsonl")) std::this_thread::yield();
    p.signal(SIGTERM);
    const std::string err = rest_of(p);
    CHECK(p.wait() == 1);
    CHECK_MESSAGE(has(err, "cut off while opening pipe.jsonl"), err);
}

TEST_CASE("a subscriber that all wait for does not hold up the end, and is named") {
    const scratch dir;
    program p(dir.path(),
              {"run", "--drain-within", "0", "--out", any_port + "?behind=wait&format=jsonl"},
              enrich);
    const std::string port = line_with(p, "subscribers: listening on ");
    client out(port);
    line_with(p, " connected");
    std::array<char, 4096> part;
    REQUIRE(out.socket().read_some(asio::buffer(part)) != 0);
    p.signal(SIGTERM);
    const std::string err = rest_of(p);
    CHECK(p.wait() == 1);
    const std::string name = port.substr(port.rfind(' ') + 1);
    // By the pipeline itself, or (where that takes too long on a busy machine) by the program.
    const bool named = has(err, "cut off at the deadline of its drain: segment 'publish " + name) ||
                       has(err, "cut off " + any_port);
    CHECK_MESSAGE(named, err);
    // It can tell that this is not the end.
    asio::error_code error;
    while (!error) out.socket().read_some(asio::buffer(part), error);
    CHECK(error == asio::error::connection_reset);
}

TEST_CASE("a pipe that nothing is written to is no trouble at the end") {
    const scratch dir;
    REQUIRE(::mkfifo((dir / "trades.jsonl").c_str(), 0600) == 0);
    program p(dir.path(),
              {"run", "--drain-within", "600", "--trades", "trades.jsonl", "--out", any_port},
              enrich);
    line_with(p, "subscribers: listening on ");
    p.signal(SIGTERM);
    line_with(p, "received 0 = emitted 0 + dropped 0 + rejected 0");
    CHECK(p.wait() == 130);
}

TEST_CASE("the end does not wait for a table that is being read") {
    for (const std::string view : {"endless", "silent"}) {
        const scratch dir;
        make_endless(dir / "a.db");
        // It catches signals before it opens anything.
        program p(dir.path(),
                  {"run", "--drain-within", "600", "--accounts", "sqlite:a.db?table=" + view},
                  enrich);
        while (!has_open(p.id(), "a.db")) std::this_thread::yield();
        p.signal(SIGTERM);
        line_with(p, "received 0 = emitted 0 + dropped 0 + rejected 0");
        CHECK(p.wait() == 130);
    }
}

TEST_CASE("a table without end is refused, in rows and in time, and the setting named") {
    const scratch dir;
    make_endless(dir / "a.db");
    const auto run = [&dir](const std::string& settings) {
        return weir_load_test::run(dir.path(), {"run", "--accounts", "sqlite:a.db?" + settings},
                                   enrich);
    };
    const auto endless = run("table=endless&max_rows=1000");
    CHECK(endless.code == 1);
    CHECK_MESSAGE(has(endless.err, "a.db: table endless: has more than 1000 rows"), endless.err);
    const auto silent = run("table=silent&within=1ms");
    CHECK(silent.code == 1);
    CHECK_MESSAGE(has(silent.err, "a.db: table silent: cannot be read within 1"), silent.err);
    CHECK(run("table=silent&within=0s").code == 2);
    CHECK(run("table=endless&max_rows=0").code == 2);
}

TEST_CASE("a run has no threads but those that it needs") {
    const scratch dir;
    program p(dir.path(), {"run", "--rate", "10", "--out", "jsonl"}, enrich);
    REQUIRE(p.out_line());
    std::size_t threads = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator("/proc/" + std::to_string(p.id()) + "/task")) {
        static_cast<void>(entry);
        ++threads;
    }
    // The one that waits for the end, that for signals, and two that work: one may wait for a disk.
    CHECK(threads == 4 + weir::testing::threads_of_sanitizer);
    p.signal(SIGTERM);
    while (p.out_line()) {
    }
    CHECK(p.wait() == 130);
}

TEST_CASE("a port has as many clients as its setting says, and the books have the rest") {
    const scratch dir;
    program p(dir.path(),
              {"run", "--trades", any_port + "?format=jsonl&max_clients=1", "--out", "jsonl"},
              enrich);
    trades_in first(p, line_with(p, "trades: listening on "));
    const std::string port = "127.0.0.1:" + std::to_string(first.socket().remote_endpoint().port());
    CHECK(has(first.enriched(), R"("trade_id":1,)"));
    client second(port);
    line_with(p, " refused");
    p.signal(SIGTERM);
    CHECK(has(line_with(p, "received 1 "), "; connections: refused 1, idle 0, cut short 0"));
    CHECK(p.wait() == 130);
}

TEST_CASE("a silent client makes room for another after its time") {
    const scratch dir;
    program p(
        dir.path(),
        {"run", "--trades", any_port + "?format=jsonl&max_clients=1&idle=0s", "--out", "jsonl"},
        enrich);
    const std::string port = line_with(p, "trades: listening on ");
    const client silent(port);
    line_with(p, " connected");
    trades_in talking(p, port);
    CHECK(has(talking.enriched(), R"("trade_id":1,)"));
    p.signal(SIGTERM);
    CHECK(has(line_with(p, "received 1 "), "; connections: refused 0, idle 1"));
    CHECK(p.wait() == 130);
}

TEST_CASE("settings of a port that make no sense are wrong on the command line") {
    const scratch dir;
    for (const std::string setting : {"max_clients=0", "max_clients=x", "max_clients=1000000",
                                      "idle=soon", "max_subscribers=1"}) {
        const auto done =
            weir_load_test::run(dir.path(), {"run", "--trades", any_port + '?' + setting}, enrich);
        CHECK(done.code == 2);
        CHECK_MESSAGE(has(done.err, any_port), done.err);
    }
}

TEST_CASE("of messages so many a second are told, and the others counted") {
    constexpr std::int64_t second = 1'000'000'000;
    weir_enrich::message_limit limit(10);
    int told = 0;
    for (int i = 0; i != 5'000; ++i) told += limit.admits(7 * second + i) ? 1 : 0;
    CHECK(told == 10);
    CHECK(limit.take_left_out() == 4'990);
    CHECK(limit.take_left_out() == 0);
    CHECK_FALSE(limit.begins(7 * second + 9'999));
    CHECK(limit.begins(8 * second));
    CHECK(limit.admits(8 * second));
}

TEST_CASE("what is left out of the log of connections is said") {
    std::vector<std::string> lines;
    {
        weir_enrich::connection_log log(
            "client", [&lines](const std::string& line) { lines.push_back(line); });
        for (int i = 0; i != 1'000; ++i) log.add(weir::tcp::endpoint(), "came");
    }
    CHECK(lines.front() == "client 0.0.0.0:0 came");
    std::size_t sum = 0;
    for (const std::string& line : lines) {
        sum += has(line, "left out") ? std::stoul(line.substr(line.find(": ") + 2)) : 1;
    }
    CHECK(sum == 1'000);
}
