// A stream of batches ends in a table, on the database's own thread.
#include <weir/connectors/sqlite/insert_into.hpp>
#include <weir/operators/batch.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/map.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sources/from_range.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <ranges>
#include <stdexcept>
#include <thread>
#include <utility>

#include "support.hpp"

using namespace sqlite_test;

namespace {

using row = std::pair<int, int>;

row doubled(int i) {
    return {i, 2 * i};
}

auto rows(int from, int to) {
    return weir::from_range(std::views::iota(from, to)) | weir::map(doubled);
}

struct fixture {
    fixture() { db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, twice)"); }

    scratch dir;
    weir::runtime rt{2};  // outlives the database, whose thread posts to it to the last
    sqlite::database db{dir / "a.db"};
};

}  // namespace

TEST_CASE("insert_into writes all batches in order and reports what it did") {
    fixture f;
    const auto report =
        f.rt.run(rows(0, 10'000) | weir::batch(700) | sqlite::insert_into(f.db, "t"));
    CHECK(report.rows == 10'000);
    CHECK(report.rejected == 0);
    CHECK(report.commits == 1);
    CHECK(number(f.db, "SELECT count(*) FROM t WHERE twice = 2 * id") == 10'000);
}

TEST_CASE("insert_into works behind a buffer, and from a coroutine") {
    fixture f;
    const auto load = [](sqlite::database& db) -> asio::awaitable<std::uint64_t> {
        const std::vector<std::string> columns{"id", "twice"};
        auto batches = rows(0, 5'000) | weir::batch(100) | weir::buffer(4);
        const auto report = co_await (std::move(batches) | sqlite::insert_into(db, "t", columns));
        co_return report.rows;
    };
    CHECK(f.rt.run(load(f.db)) == 5'000);
    CHECK(f.db.row_count("t") == 5'000);
}

TEST_CASE("an empty stream makes one transaction, so that the table is made") {
    fixture f;
    const auto report = f.rt.run(
        rows(0, 0) | weir::batch(10) |
        sqlite::insert_into<row>(
            f.db, "made", {}, {.on_begin = [](auto& db) { db.exec("CREATE TABLE made (a, b)"); }}));
    CHECK(report.rows == 0);
    CHECK(report.commits == 1);
    CHECK(f.db.row_count("made") == 0);
}

TEST_CASE("bad rows are handed out on the database's thread and the load goes on") {
    fixture f;
    f.db.exec("INSERT INTO t VALUES (5, 0), (150, 0)");
    std::promise<std::thread::id> thread;
    asio::post(f.db.executor(), [&] { thread.set_value(std::this_thread::get_id()); });
    const auto own = thread.get_future().get();
    std::vector<int> rejected;
    bool elsewhere = false;
    sqlite::batch_writer_options<row> options;
    options.on_reject = [&](const auto& r) {
        rejected.push_back(r.row.first);
        elsewhere = elsewhere || std::this_thread::get_id() != own;
    };
    const auto report = f.rt.run(rows(0, 200) | weir::batch(64) |
                                 sqlite::insert_into(f.db, "t", {}, std::move(options)));
    CHECK(report.rows == 198);
    CHECK(report.rejected == 2);
    CHECK(rejected == std::vector{5, 150});
    CHECK_FALSE(elsewhere);
}

TEST_CASE("a failing database surfaces at the terminal as its own error, rolled back") {
    fixture f;
    f.db.exec("PRAGMA max_page_count = 20");
    const auto met = error_of([&] {
        f.rt.run(rows(0, 1'000'000) | weir::batch(1'000) | weir::buffer(2) |
                 sqlite::insert_into(f.db, "t"));
    });
    REQUIRE(met);
    CHECK(met->primary_code() == SQLITE_FULL);
    CHECK_FALSE(f.db.in_transaction());
    CHECK(f.db.row_count("t") == 0);
}

TEST_CASE("a failing upstream rolls back what is not committed") {
    fixture f;
    const auto fail_late = [](int i) -> row {
        if (i == 950) throw std::runtime_error("upstream");
        return doubled(i);
    };
    sqlite::batch_writer_options<row> options;
    options.rows_per_commit = 300;
    CHECK_THROWS_WITH(
        f.rt.run(weir::from_range(std::views::iota(0, 1'000)) | weir::map(fail_late) |
                 weir::batch(100) | sqlite::insert_into(f.db, "t", {}, std::move(options))),
        "map: upstream");
    CHECK_FALSE(f.db.in_transaction());
    CHECK(f.db.row_count("t") % 300 == 0);
    CHECK_NOTHROW(f.db.exec("INSERT INTO t VALUES (-1, -1)"));
}

TEST_CASE("a cancelled load ends its wait for a lock, and the database works on") {
    fixture f;
    sqlite::database waiter(f.dir / "a.db", {.lock_timeout = std::chrono::hours(1)});
    f.db.exec("BEGIN IMMEDIATE");
    std::atomic<int> taken{0};
    const auto counted = [&taken](int i) -> row {
        ++taken;
        return doubled(i);
    };
    asio::cancellation_signal stop;
    std::promise<std::exception_ptr> ended;
    sqlite::batch_writer_options<row> options;
    auto load = weir::from_range(std::views::iota(0)) | weir::map(counted) | weir::batch(1) |
                sqlite::insert_into(waiter, "t", {}, std::move(options));
    std::move(load).start(f.rt.executor(),
                          asio::bind_cancellation_slot(
                              stop.slot(), [&](std::exception_ptr error, sqlite::load_report) {
                                  ended.set_value(std::move(error));
                              }));
    while (taken < 2) std::this_thread::yield();
    stop.emit(asio::cancellation_type::terminal);
    CHECK_THROWS_AS(std::rethrow_exception(ended.get_future().get()), asio::system_error);
    CHECK(taken <= 3);  // backpressure: two in flight, one more at most on its way
    CHECK_FALSE(waiter.in_transaction());
    f.db.exec("COMMIT");
    CHECK_NOTHROW(waiter.exec("INSERT INTO t VALUES (1, 1)"));
    CHECK(f.db.row_count("t") == 1);
}

TEST_CASE("a pipeline that is never run touches nothing") {
    fixture f;
    {
        auto unused = rows(0, 10) | weir::batch(5) | sqlite::insert_into(f.db, "none");
    }
    CHECK(f.db.row_count("t") == 0);
}
