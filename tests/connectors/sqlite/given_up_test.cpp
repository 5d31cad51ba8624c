// A load that is given up leaves nothing open, and touches no other.
#include <weir/channel/channel.hpp>
#include <weir/connectors/sqlite/insert_into.hpp>
#include <weir/operators/batch.hpp>
#include <weir/operators/map.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sources/from_range.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <ranges>
#include <string>
#include <tuple>
#include <utility>

#include "support.hpp"

using namespace sqlite_test;
using namespace std::chrono_literals;

namespace {

using row = std::tuple<int>;
using rows = std::vector<row>;

std::string text_of(const std::exception_ptr& error) {
    if (!error) return "";
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        return e.what();
    }
}

struct fixture {
    fixture() { db.exec("CREATE TABLE a (x); CREATE TABLE b (x); INSERT INTO b VALUES (1), (2)"); }

    scratch dir;
    weir::runtime rt{2};
    sqlite::database db{dir / "a.db", {.commits = sqlite::durability::off, .lock_timeout = 10ms}};
};

}  // namespace

TEST_CASE("a cancelled load rolls back though a SELECT is in the middle of its rows") {
    fixture f;
    auto select = f.db.prepare("SELECT x FROM b ORDER BY x");
    REQUIRE(select.step());

    asio::cancellation_signal stop;
    std::promise<void> begun;
    std::promise<std::exception_ptr> ended;
    auto [tx, rx] = weir::channel<rows>(4);
    auto load = std::move(rx) | sqlite::insert_into<row>(
                                    f.db, "a", {}, {.on_begin = [&](auto&) { begun.set_value(); }});
    std::move(load).start(
        f.rt.executor(),
        asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr e, sqlite::load_report) {
            ended.set_value(std::move(e));
        }));
    f.rt.run([](auto& to) -> asio::awaitable<void> {
        rows some(500, row(7));
        co_await to.send(std::move(some));
    }(tx));
    begun.get_future().get();
    asio::post(f.rt.context(), [&] { stop.emit(asio::cancellation_type::terminal); });
    CHECK(text_of(ended.get_future().get()) != "");

    CHECK_FALSE(f.db.in_transaction());
    CHECK(f.db.row_count("a") == 0);
    CHECK(select.get<int>(0) == 1);
    select.reset();
    CHECK_NOTHROW(sqlite::database(f.dir / "a.db").exec("INSERT INTO b VALUES (3)"));
    const auto again =
        f.rt.run(weir::from_range(std::vector<rows>{{row(1)}}) | sqlite::insert_into(f.db, "a"));
    CHECK(again.rows == 1);
}

TEST_CASE("an interrupted writer rolls back, and a SELECT that is ended by that says so") {
    fixture f;
    auto select = f.db.prepare("SELECT x FROM b ORDER BY x");
    REQUIRE(select.step());
    {
        sqlite::batch_writer<row> writer(f.db, "a");
        writer.write(rows(10, row(1)));
        f.db.interrupt();
    }
    CHECK_FALSE(f.db.in_transaction());
    CHECK(error_of([&] { select.step(); }));
    f.db.clear_interrupt();
    CHECK(f.db.row_count("a") == 0);
    CHECK(select.step());  // anew
}

TEST_CASE("of two loads on one database one is whole, and the other fails without touching it") {
    fixture f;
    const int each = 20'000;
    for (int i = 0; i < 20; ++i) {
        f.db.exec("DELETE FROM a; DELETE FROM b");
        std::promise<std::string> first;
        std::promise<std::string> second;
        const auto start = [&](const char* table, std::promise<std::string>& end) {
            auto load = weir::from_range(std::views::iota(0, each)) |
                        weir::map([](int n) { return row(n); }) | weir::batch(500) |
                        sqlite::insert_into(f.db, table);
            std::move(load).start(
                f.rt.executor(),
                [&end](std::exception_ptr e, sqlite::load_report) { end.set_value(text_of(e)); });
        };
        start("a", first);
        start("b", second);
        const std::string a = first.get_future().get();
        const std::string b = second.get_future().get();
        CAPTURE(a);
        CAPTURE(b);
        CHECK(f.db.row_count("a") == (a.empty() ? each : 0));
        CHECK(f.db.row_count("b") == (b.empty() ? each : 0));
        CHECK((a.empty() || b.empty()));
        for (const auto& text : {a, b}) {
            CHECK((text.empty() || text.find("another transaction is open") != text.npos));
        }
    }
}

TEST_CASE("a refusal that was not waited for does not say so, nor blame another's lock") {
    fixture f;
    sqlite::database patient(f.dir / "a.db", {.lock_timeout = 1h});
    patient.exec("BEGIN");
    CHECK(patient.row_count("a") == 0);
    f.db.exec("BEGIN IMMEDIATE");
    // Both would wait for each other: SQLite refuses at once.
    const auto met = error_of([&] { patient.exec("INSERT INTO a VALUES (1)", "insert"); });
    REQUIRE(met);
    CHECK(met->primary_code() == SQLITE_BUSY);
    const std::string text = met->what();
    CHECK(text.find("waited 3600000 ms") == text.npos);
    CHECK(text.find("not waited for") != text.npos);
    patient.exec("ROLLBACK");

    f.db.exec("COMMIT; PRAGMA journal_mode = WAL");
    patient.exec("BEGIN");
    CHECK(patient.row_count("a") == 0);
    f.db.exec("INSERT INTO a VALUES (1)");
    const auto late = error_of([&] { patient.exec("INSERT INTO a VALUES (2)", "insert"); });
    REQUIRE(late);
    CHECK(late->code() == SQLITE_BUSY_SNAPSHOT);
    CHECK(std::string(late->what()).find("another connection has written since") !=
          std::string::npos);
}

TEST_CASE("a wait for a lock can be ended without ending later ones") {
    fixture f;
    sqlite::database waiter(f.dir / "a.db", {.lock_timeout = 1h});
    f.db.exec("BEGIN EXCLUSIVE");
    std::promise<void> entered;
    auto waiting = std::async(std::launch::async, [&] {
        entered.set_value();
        return error_of([&] { const sqlite::transaction refused(waiter); });
    });
    entered.get_future().get();
    while (waiting.wait_for(0s) != std::future_status::ready) waiter.end_wait();
    const auto met = waiting.get();
    REQUIRE(met);
    CHECK(met->primary_code() == SQLITE_INTERRUPT);
    auto later = std::async(std::launch::async, [&] { waiter.exec("INSERT INTO a VALUES (1)"); });
    f.db.exec("COMMIT");
    CHECK_NOTHROW(later.get());
}
