// Opening, locks, interruption, and what errors say.
#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>

#include "support.hpp"

using namespace sqlite_test;
using namespace std::chrono_literals;

namespace {

bool has(const std::optional<sqlite::database_error>& met, const std::string& text) {
    return met && std::string(met->what()).find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("a database that is opened is created, and is there when opened again") {
    const scratch dir;
    sqlite::database(dir / "a.db").exec("CREATE TABLE t (x); INSERT INTO t VALUES (7)");
    sqlite::database db(dir / "a.db", {.read_only = true});
    CHECK(number(db, "SELECT x FROM t") == 7);
}

TEST_CASE("what cannot be opened is refused at once, by name and cause") {
    const scratch dir;
    const auto open = [](const std::filesystem::path& file, bool read_only = false) {
        return error_of([&] { sqlite::database db(file, {.read_only = read_only}); });
    };
    std::filesystem::create_directory(dir / "d");
    CHECK(has(open(dir / "d"), "/d: cannot open: it is a directory"));
    CHECK(has(open(dir / "none/a.db"), "cannot open: there is no directory"));
    CHECK(has(open(dir / "a.db", true), "/a.db: cannot open: it does not exist"));
    CHECK_FALSE(std::filesystem::exists(dir / "a.db"));
    CHECK(has(open(""), "no file name"));

    write_file(dir / "garbage.db", std::string(5000, 'x'));
    const auto garbage = open(dir / "garbage.db");
    CHECK(has(garbage, "/garbage.db: cannot open: file is not a database"));
    CHECK(garbage->primary_code() == SQLITE_NOTADB);
}

namespace {

// Root may write anything, so as root the test goes on as user "nobody", who is given the folder.
class ordinary_user {
public:
    explicit ordinary_user(const std::filesystem::path& folder) : was_root_(geteuid() == 0) {
        constexpr uid_t nobody = 65534;
        if (was_root_) REQUIRE(chown(folder.c_str(), nobody, gid_t(-1)) == 0);
        if (was_root_) REQUIRE(seteuid(nobody) == 0);
    }
    ordinary_user(const ordinary_user&) = delete;
    ordinary_user& operator=(const ordinary_user&) = delete;
    ~ordinary_user() {
        if (was_root_) WARN(seteuid(0) == 0);
    }

private:
    bool was_root_;
};

}  // namespace

TEST_CASE("a file that may not be written is refused unless opened for reading") {
    const scratch dir;
    const ordinary_user not_root(dir / "");
    {
        sqlite::database(dir / "a.db").exec("CREATE TABLE t (x)");
    }
    std::filesystem::permissions(dir / "a.db", std::filesystem::perms::owner_read);
    CHECK(has(error_of([&] { sqlite::database db(dir / "a.db"); }), "the file is read-only"));
    CHECK_NOTHROW(sqlite::database(dir / "a.db", {.read_only = true}));
}

TEST_CASE("a database opened for reading refuses to be written") {
    const scratch dir;
    {
        sqlite::database(dir / "a.db").exec("CREATE TABLE t (x)");
    }
    sqlite::database db(dir / "a.db", {.read_only = true});
    const auto met = error_of([&] { db.exec("INSERT INTO t VALUES (1)", "insert"); });
    REQUIRE(met);
    CHECK(met->primary_code() == SQLITE_READONLY);
    CHECK(has(met, "a.db: cannot insert: attempt to write a readonly database"));
}

TEST_CASE("a path is a path, also where SQLite would read a URI") {
    const scratch dir;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(dir / "");
    {
        sqlite::database("file:x.db?mode=memory").exec("CREATE TABLE t (x)");
    }
    std::filesystem::current_path(before);
    CHECK(std::filesystem::exists(dir / "file:x.db?mode=memory"));
}

TEST_CASE("the settings are what the options say") {
    const scratch dir;
    sqlite::database durable(dir / "a.db", {.cache_kib = 1234, .page_size = 8192});
    CHECK(number(durable, "PRAGMA synchronous") == 2);
    CHECK(number(durable, "PRAGMA cache_size") == -1234);
    CHECK(number(durable, "PRAGMA page_size") == 8192);
    CHECK(number(durable, "PRAGMA foreign_keys") == 1);
    sqlite::database fast(dir / "b.db", {.commits = sqlite::durability::off});
    CHECK(number(fast, "PRAGMA synchronous") == 0);
}

TEST_CASE("a word in double quotes that names no column is an error and not a string") {
    sqlite::database db(sqlite::in_memory);
    CHECK_THROWS_AS(db.exec("SELECT \"no such column\""), sqlite::database_error);
}

TEST_CASE("errors name the file and the operation, and hold no bound value") {
    sqlite::database db(sqlite::in_memory);
    db.exec("CREATE TABLE t (a PRIMARY KEY)");
    auto insert = db.prepare("INSERT INTO t VALUES (?)", "keep the secret");
    insert.bind(1, "hunter2");
    insert.run();
    const auto met = error_of([&] { insert.run(); });
    REQUIRE(met);
    CHECK(met->code() == SQLITE_CONSTRAINT_PRIMARYKEY);
    CHECK(met->file() == ":memory:");
    CHECK(met->operation() == "keep the secret");
    CHECK(has(met, ":memory:: cannot keep the secret: UNIQUE constraint failed: t.a"));
    CHECK_FALSE(has(met, "hunter2"));
}

TEST_CASE("a lock that is held beyond the limit is an error that says so") {
    const scratch dir;
    sqlite::database holder(dir / "a.db");
    holder.exec("CREATE TABLE t (x)");
    sqlite::database waiter(dir / "a.db", {.lock_timeout = 2ms});
    const sqlite::transaction held(holder);
    const auto met = error_of([&] { sqlite::transaction refused(waiter); });
    REQUIRE(met);
    CHECK(met->primary_code() == SQLITE_BUSY);
    CHECK(has(met,
              "a.db: cannot begin a transaction: the database is locked by another "
              "connection (waited 2 ms)"));
    holder.exec("COMMIT; BEGIN EXCLUSIVE");
    CHECK(has(error_of([&] { sqlite::database late(dir / "a.db", {.lock_timeout = 0ms}); }),
              "a.db: cannot open: the database is locked"));
    holder.exec("ROLLBACK");
}

TEST_CASE("a lock that is let go within the limit is waited for") {
    const scratch dir;
    sqlite::database holder(dir / "a.db");
    holder.exec("CREATE TABLE t (x); BEGIN EXCLUSIVE");
    auto waiting = std::async(std::launch::async, [&] {
        sqlite::database waiter(dir / "a.db", {.lock_timeout = 1h});
        waiter.exec("INSERT INTO t VALUES (1)");
    });
    holder.exec("COMMIT");
    CHECK_NOTHROW(waiting.get());
    CHECK(holder.row_count("t") == 1);
}

TEST_CASE("a wait for a lock can be interrupted, whether it has begun or not") {
    const scratch dir;
    sqlite::database holder(dir / "a.db");
    sqlite::database waiter(dir / "a.db", {.lock_timeout = 1h});
    holder.exec("BEGIN EXCLUSIVE");
    auto waiting = std::async(
        std::launch::async, [&] { return error_of([&] { sqlite::transaction refused(waiter); }); });
    waiter.interrupt();
    const auto met = waiting.get();
    REQUIRE(met);
    CHECK(met->primary_code() == SQLITE_INTERRUPT);
    // Not always "... while waiting for a lock": SQLite may see it before it waits.
    CHECK(has(met, "interrupted"));

    holder.exec("COMMIT");
    CHECK_NOTHROW(waiter.exec("CREATE TABLE t (x)"));  // what need not wait still works
    waiter.clear_interrupt();
    CHECK_NOTHROW(waiter.exec("INSERT INTO t VALUES (1)"));
}

TEST_CASE("a statement that runs can be interrupted from another thread") {
    sqlite::database db(sqlite::in_memory);
    std::atomic<bool> over{false};
    auto running = std::async(std::launch::async, [&] {
        auto met = error_of([&] {
            db.exec(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                "SELECT sum(i) FROM n");
        });
        over = true;
        return met;
    });
    while (!over) db.interrupt();
    const auto met = running.get();
    REQUIRE(met);
    CHECK(met->primary_code() == SQLITE_INTERRUPT);
}

TEST_CASE("a transaction that is not committed is rolled back") {
    sqlite::database db(sqlite::in_memory);
    db.exec("CREATE TABLE t (x)");
    {
        const sqlite::transaction dropped(db);
        db.exec("INSERT INTO t VALUES (1)");
        CHECK(db.in_transaction());
    }
    CHECK_FALSE(db.in_transaction());
    CHECK(db.row_count("t") == 0);
    sqlite::transaction kept(db);
    db.exec("INSERT INTO t VALUES (1)");
    kept.commit();
    CHECK(db.row_count("t") == 1);
}

TEST_CASE("a commit that a constraint refuses has committed nothing, and says no more than that") {
    sqlite::database db(sqlite::in_memory);
    db.exec(
        "CREATE TABLE p (k PRIMARY KEY);"
        "CREATE TABLE c (k REFERENCES p DEFERRABLE INITIALLY DEFERRED)");
    sqlite::transaction refused(db);
    db.exec("INSERT INTO c VALUES (1)");
    const auto met = error_of([&] { refused.commit(); });
    REQUIRE(met);
    CHECK_FALSE(met->outcome_unknown());
    CHECK_FALSE(db.in_transaction());
    CHECK(db.row_count("c") == 0);
}

TEST_CASE("an error whose outcome is unknown says so in its text too") {
    const sqlite::database_error plain(SQLITE_IOERR_FSYNC, "a.db", "commit", "disk I/O error");
    CHECK_FALSE(plain.outcome_unknown());
    const auto marked = plain.with_unknown_outcome();
    CHECK(marked.outcome_unknown());
    CHECK(marked.code() == SQLITE_IOERR_FSYNC);
    CHECK(has(marked, "a.db: cannot commit: disk I/O error; whether"));
}

TEST_CASE("vacuum gives free pages back and keeps the rows") {
    const scratch dir;
    sqlite::database db(dir / "a.db");
    db.exec(
        "CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(1000000)); DELETE FROM t;"
        "INSERT INTO t VALUES (5)");
    const auto before = std::filesystem::file_size(dir / "a.db");
    db.vacuum();
    CHECK(std::filesystem::file_size(dir / "a.db") < before / 10);
    CHECK(number(db, "SELECT x FROM t") == 5);
    const sqlite::transaction open(db);
    CHECK_THROWS_AS(db.vacuum(), sqlite::database_error);
    CHECK(number(db, "SELECT x FROM t") == 5);
}

TEST_CASE("the executor is one thread that is not the caller's") {
    sqlite::database db(sqlite::in_memory);
    std::promise<std::thread::id> first;
    std::promise<std::thread::id> second;
    asio::post(db.executor(), [&] { first.set_value(std::this_thread::get_id()); });
    asio::post(db.executor(), [&] { second.set_value(std::this_thread::get_id()); });
    const auto one = first.get_future().get();
    CHECK(one == second.get_future().get());
    CHECK(one != std::this_thread::get_id());
}
