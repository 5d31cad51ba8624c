// Batches go in whole but for their bad rows, in transactions that are whole or not at all.
#include <weir/connectors/sqlite/batch_writer.hpp>
#include <weir/connectors/sqlite/table.hpp>

#include <doctest/doctest.h>

#include <list>
#include <map>
#include <random>
#include <span>
#include <stdexcept>

#include "support.hpp"

using namespace sqlite_test;

namespace shop {

struct item {
    std::int64_t id;
    std::optional<std::string> name;
};

// Not a template, not in weir: found beside the type.
void bind_row(weir::sqlite::row_binder& row, const item& i) {
    row(i.id, i.name);
}

}  // namespace shop

namespace {

using shop::item;
using items = std::vector<item>;
using writer = sqlite::batch_writer<item>;
using options = sqlite::batch_writer_options<item>;
using ids = std::vector<std::int64_t>;

constexpr auto create_items =
    "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL CHECK (name <> 'bad'))";

// A table on disk, and what was refused.
struct fixture {
    explicit fixture(const char* sql = create_items) { db.exec(sql); }

    options collecting(std::uint64_t rows_per_commit = 100'000) {
        return {.rows_per_commit = rows_per_commit, .on_reject = [this](const auto& r) {
                    rejected.push_back(r.row.id);
                    indexes.push_back(r.index);
                    causes.push_back(r.cause);
                }};
    }
    ids stored() { return numbers(db, "SELECT id FROM items ORDER BY id"); }
    // As another program sees it.
    ids committed() {
        sqlite::database other(dir / "a.db", {.read_only = true});
        return numbers(other, "SELECT id FROM items ORDER BY id");
    }

    scratch dir;
    sqlite::database db{dir / "a.db"};
    ids rejected;
    std::vector<std::size_t> indexes;
    std::vector<absl::Status> causes;
};

items good(std::int64_t from, std::int64_t to) {
    items made;
    for (auto id = from; id < to; ++id) made.push_back({id, "n" + std::to_string(id)});
    return made;
}

ids range(std::int64_t from, std::int64_t to) {
    ids made;
    for (auto id = from; id < to; ++id) made.push_back(id);
    return made;
}

}  // namespace

TEST_CASE("batches of any size go in whole and in order") {
    for (const std::int64_t size : {1, 2, 3, 7, 127, 128, 129, 255, 256, 1000, 5000}) {
        CAPTURE(size);
        fixture f("CREATE TABLE items (id INTEGER, name TEXT)");
        writer w(f.db, "items", {"id", "name"});
        for (std::int64_t from = 0; from < 3 * size; from += size) w.write(good(from, from + size));
        const auto report = w.finish();
        CHECK(report.rows == static_cast<std::uint64_t>(3 * size));
        CHECK(report.rejected == 0);
        CHECK(report.commits == 1);
        CHECK(numbers(f.db, "SELECT id FROM items ORDER BY rowid") == range(0, 3 * size));
        CHECK(number(f.db, "SELECT count(*) FROM items WHERE name = 'n' || id") == 3 * size);
    }
}

TEST_CASE("bad rows are found wherever they stand, in order, and the others stay") {
    for (const std::size_t size : {1U, 2U, 128U, 129U, 300U}) {
        std::vector<std::vector<std::size_t>> places{{0}, {size - 1}, {0, size - 1}, {}};
        if (size > 128) places.push_back({126, 127, 128});
        std::vector<std::size_t> all;
        for (std::size_t i = 0; i < size; ++i) all.push_back(i);
        places.push_back(all);
        for (auto& bad : places) {
            bad.erase(std::unique(bad.begin(), bad.end()), bad.end());
            CAPTURE(size);
            CAPTURE(bad.size());
            fixture f;
            items batch = good(0, static_cast<std::int64_t>(size));
            ids expected = range(0, static_cast<std::int64_t>(size));
            for (const auto i : bad) batch[i].name = i % 2 ? std::optional("bad") : std::nullopt;
            std::erase_if(expected, [&](auto id) {
                return std::ranges::find(bad, static_cast<std::size_t>(id)) != bad.end();
            });
            writer w(f.db, "items", {}, f.collecting());
            w.write(batch);
            const auto report = w.finish();
            CHECK(f.indexes == bad);
            CHECK(f.rejected == ids(bad.begin(), bad.end()));
            CHECK(f.stored() == expected);
            CHECK(report.rows == size - bad.size());
            CHECK(report.rejected == bad.size());
        }
    }
}

TEST_CASE("random loads keep exactly the rows that a table filled one by one would keep") {
    std::mt19937 random(7);
    for (int round = 0; round < 40; ++round) {
        fixture f;
        const std::uint64_t per_commit = random() % 700;
        writer w(f.db, "items", {}, f.collecting(per_commit));
        std::map<std::int64_t, std::string> model;
        ids refused;
        for (int batches = 0; batches < 8; ++batches) {
            items batch;
            for (auto left = random() % 400; left > 0; --left) {
                item i{static_cast<std::int64_t>(random() % 2000), "x" + std::to_string(random())};
                if (random() % 50 == 0) i.name = "bad";
                if (random() % 50 == 0) i.name.reset();
                if (!i.name || *i.name == "bad" || !model.emplace(i.id, *i.name).second) {
                    refused.push_back(i.id);
                }
                batch.push_back(i);
            }
            w.write(batch);
        }
        const auto report = w.finish();
        CHECK(f.rejected == refused);
        CHECK(report.rejected == refused.size());
        CHECK(report.rows == model.size());
        std::map<std::int64_t, std::string> stored;
        auto all = f.db.prepare("SELECT id, name FROM items");
        while (all.step()) stored.emplace(all.get<std::int64_t>(0), all.get<std::string>(1));
        CHECK(stored == model);
    }
}

TEST_CASE(
    "a conflict clause says what becomes of a row whose key is taken, and others are refused") {
    fixture f;
    options o = f.collecting();
    o.on_conflict = "ON CONFLICT (id) DO NOTHING";
    writer w(f.db, "items", {}, o);
    w.write(items{{1, "a"}, {2, "b"}, {1, "c"}, {3, "bad"}, {2, "d"}});
    const auto report = w.finish();
    CHECK(report.rows == 2);
    CHECK(report.ignored == 2);
    CHECK(f.stored() == ids{1, 2});
    CHECK(f.rejected == ids{3});
    options update = f.collecting();
    update.on_conflict = "ON CONFLICT (id) DO UPDATE SET name = excluded.name";
    writer again(f.db, "items", {}, update);
    again.write(items{{1, "z"}, {4, "y"}});
    CHECK(again.finish().rows == 2);
    CHECK(f.stored() == ids{1, 2, 4});
}

TEST_CASE("the cause of a rejection says which rule was broken, and holds no value") {
    fixture f;
    writer w(f.db, "items", {}, f.collecting());
    w.write(items{{1, "secret"}, {1, "secret"}, {2, std::nullopt}, {3, "bad"}});
    w.finish();
    REQUIRE(f.causes.size() == 3);
    CHECK(f.causes[0].code() == absl::StatusCode::kAlreadyExists);
    CHECK(f.causes[0].message() == "UNIQUE constraint failed: items.id");
    CHECK(f.causes[1].code() == absl::StatusCode::kInvalidArgument);
    CHECK(f.causes[1].message() == "NOT NULL constraint failed: items.name");
    CHECK(f.causes[2].code() == absl::StatusCode::kInvalidArgument);
    for (const auto& c : f.causes) CHECK(c.ToString().find("secret") == std::string::npos);
}

TEST_CASE("values that SQLite cannot hold make a row a rejected one") {
    sqlite::database db(sqlite::in_memory);
    db.exec("CREATE TABLE t (n, s)");
    sqlite3_limit(db.handle(), SQLITE_LIMIT_LENGTH, 100);
    using row = std::pair<std::uint64_t, std::string>;
    std::vector<std::pair<std::size_t, absl::StatusCode>> rejected;
    sqlite::batch_writer<row> w(db, "t", {}, {.on_reject = [&](const auto& r) {
                                    rejected.emplace_back(r.index, r.cause.code());
                                }});
    w.write(std::vector<row>{{1, "a"},
                             {std::uint64_t{1} << 63, "b"},
                             {2, std::string(101, 'c')},   // too long to bind
                             {3, std::string(99, 'd')}});  // too long with the rest of its row
    CHECK(w.finish().rows == 1);
    const auto out_of_range = absl::StatusCode::kOutOfRange;
    CHECK(rejected == std::vector<std::pair<std::size_t, absl::StatusCode>>{
                          {1, out_of_range}, {2, out_of_range}, {3, out_of_range}});
    CHECK(numbers(db, "SELECT n FROM t") == ids{1});
}

TEST_CASE("foreign keys count") {
    fixture f(
        "CREATE TABLE kinds (k PRIMARY KEY); INSERT INTO kinds VALUES ('a');"
        "CREATE TABLE items (id INTEGER PRIMARY KEY, kind REFERENCES kinds)");
    writer w(f.db, "items", {}, f.collecting());
    w.write(items{{1, "a"}, {2, "b"}, {3, "a"}});
    w.finish();
    CHECK(f.rejected == ids{2});
    CHECK(f.causes.at(0).code() == absl::StatusCode::kFailedPrecondition);
    CHECK(f.stored() == ids{1, 3});
}

TEST_CASE("a commit follows the batch that completes the rows, never its middle") {
    fixture f;
    writer w(f.db, "items", {}, f.collecting(10));
    w.write(good(0, 9));
    CHECK(f.committed().empty());
    CHECK(w.rows_inserted() == 9);
    CHECK(w.report().rows == 0);
    w.write(good(9, 14));
    CHECK(f.committed() == range(0, 14));
    CHECK(w.report().commits == 1);
    w.write(good(14, 40));
    CHECK(f.committed() == range(0, 40));
    w.write(good(40, 41));
    w.commit();
    CHECK(f.committed() == range(0, 41));
    CHECK(w.finish().commits == 3);
}

TEST_CASE("bad rows in the batches on both sides of a commit are found") {
    fixture f;
    writer w(f.db, "items", {}, f.collecting(10));
    items batch = good(0, 10);
    batch[9].id = 0;
    w.write(batch);        // nine rows: not due yet
    w.write(good(9, 10));  // due
    CHECK(w.report().commits == 1);
    batch = good(9, 20);  // its first is there already
    w.write(batch);
    CHECK(w.finish().rows == 20);
    CHECK(f.rejected == ids{0, 9});
    CHECK(f.committed() == range(0, 20));
}

TEST_CASE("a writer that is dropped leaves what was committed, and nothing else") {
    fixture f;
    {
        writer w(f.db, "items", {}, f.collecting(10));
        w.write(good(0, 10));
        w.write(good(10, 15));
    }
    CHECK_FALSE(f.db.in_transaction());
    CHECK(f.stored() == range(0, 10));
}

TEST_CASE("a table created in the first transaction goes with it, and the old one is back") {
    const sqlite::table table{"items", {{"id"}, {"name"}}};
    const auto recreating = [&] {
        return options{.on_begin = [&](auto& db) { recreate(db, table); }};
    };
    fixture f;
    f.db.exec("INSERT INTO items VALUES (77, 'old')");
    {
        writer w(f.db, "items", {}, recreating());
        w.write(good(0, 5));
    }
    CHECK(f.stored() == ids{77});
    writer w(f.db, "items", {}, recreating());
    w.write(good(0, 5));
    w.finish();
    CHECK(f.stored() == range(0, 5));
}

TEST_CASE("a load without rows still has its one transaction") {
    fixture f;
    int begun = 0;
    int committed = 0;
    writer w(f.db, "items", {},
             {.on_begin = [&](auto&) { ++begun; }, .on_commit = [&](auto&) { ++committed; }});
    const auto report = w.finish();
    CHECK(begun == 1);
    CHECK(committed == 1);
    CHECK(report.commits == 1);
    CHECK(report.rows == 0);
}

TEST_CASE("what on_commit writes is committed with the rows, or not at all") {
    fixture f;
    f.db.exec("CREATE TABLE position (rows)");
    bool refuse = false;
    std::uint64_t rows = 0;
    options with_position{.rows_per_commit = 10, .on_commit = [&](sqlite::database& db) {
                              auto insert = db.prepare("INSERT INTO position VALUES (?)");
                              insert.bind(1, rows);
                              insert.run();
                              if (refuse) throw std::runtime_error("refused");
                          }};
    writer w(f.db, "items", {}, with_position);
    rows = 10;
    w.write(good(0, 10));
    refuse = true;
    rows = 20;
    CHECK_THROWS_WITH(w.write(good(10, 20)), "refused");
    CHECK(f.stored() == range(0, 10));
    CHECK(numbers(f.db, "SELECT rows FROM position") == ids{10});
}

TEST_CASE("who asks is told after each commit what is durable") {
    fixture f;
    std::vector<std::uint64_t> told;
    options telling{.rows_per_commit = 10, .after_commit = [&](const sqlite::load_report& r) {
                        CHECK(f.committed().size() == r.rows);
                        told.push_back(r.rows);
                    }};
    writer w(f.db, "items", {}, telling);
    w.write(good(0, 10));
    w.write(good(10, 14));
    CHECK(told == std::vector<std::uint64_t>{10});
    w.finish();
    CHECK(told == std::vector<std::uint64_t>{10, 14});
}

TEST_CASE("a full disk ends the load at its last commit, in one error and no rejections") {
    fixture f;
    f.db.exec("PRAGMA max_page_count = 20");
    writer w(f.db, "items", {}, f.collecting(100));
    std::optional<sqlite::database_error> met;
    std::int64_t next = 0;
    while (!met && next < 100'000) {
        met = error_of([&] { w.write(good(next, next + 100)); });
        next += 100;
    }
    REQUIRE(met);
    CHECK(met->primary_code() == SQLITE_FULL);
    CHECK(std::string(met->what())
              .find("a.db: cannot insert into \"items\": database or disk is "
                    "full") != std::string::npos);
    CHECK(f.rejected.empty());
    CHECK(w.report().rows == static_cast<std::uint64_t>(next - 100));
    CHECK(w.rows_inserted() == w.report().rows);
    CHECK(f.committed() == range(0, next - 100));

    // The rows of the failed transaction are lost: a writer that went on would leave a hole.
    CHECK_THROWS_AS(w.write(good(0, 1)), sqlite::database_error);
    CHECK_THROWS_AS(w.commit(), sqlite::database_error);
    CHECK_THROWS_AS(w.finish(), sqlite::database_error);
    CHECK(f.committed() == range(0, next - 100));
}

TEST_CASE("a read-only database, a lock, a missing table and a missing column end the load") {
    fixture f;
    const auto error_writing = [&](sqlite::database& db, const std::string& table,
                                   std::vector<std::string> columns = {}) {
        bool asked = false;
        writer w(db, table, std::move(columns), {.on_reject = [&](auto&) { asked = true; }});
        const auto met = error_of([&] { w.write(good(0, 3)); });
        CHECK_FALSE(asked);
        CHECK_FALSE(db.in_transaction());
        return met ? met->primary_code() : SQLITE_OK;
    };
    CHECK(error_writing(f.db, "none") == SQLITE_ERROR);
    CHECK(error_writing(f.db, "items", {"id", "none"}) == SQLITE_ERROR);
    sqlite::database reader(f.dir / "a.db", {.read_only = true});
    CHECK(error_writing(reader, "items") == SQLITE_READONLY);
    sqlite::database hasty(f.dir / "a.db", {.lock_timeout = std::chrono::milliseconds(1)});
    const sqlite::transaction held(f.db);
    CHECK(error_writing(hasty, "items") == SQLITE_BUSY);
}

TEST_CASE("a corrupt page ends the load") {
    scratch dir;
    {
        sqlite::database db(dir / "a.db");
        db.exec(create_items);
        writer w(db, "items");
        w.write(good(0, 5000));
        w.finish();
    }
    {
        std::fstream file(dir / "a.db", std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(4096);  // the root of the table
        file << std::string(4096, '\xFF');
    }
    sqlite::database db(dir / "a.db");
    writer w(db, "items");
    const auto met = error_of([&] { w.write(good(5000, 5001)); });
    REQUIRE(met);
    CHECK(met->primary_code() == SQLITE_CORRUPT);
}

TEST_CASE("a row with another number of values than columns is a bug that is named") {
    fixture f;
    for (const std::vector<std::string>& columns :
         {std::vector<std::string>{"id"}, {"id", "name", "id"}}) {
        writer w(f.db, "items", columns);
        CHECK_THROWS_AS(w.write(good(0, 2)), std::logic_error);
        CHECK_FALSE(f.db.in_transaction());
    }
    sqlite::batch_writer<std::tuple<int>> narrow(f.db, "items");
    CHECK_THROWS_WITH(narrow.write(std::vector<std::tuple<int>>{{1}}),
                      "weir: bind_row bound 1 values for the 2 columns: cannot insert into "
                      "\"items\"");
}

TEST_CASE("what on_reject throws ends the load and rolls back") {
    fixture f;
    writer w(f.db, "items", {}, {.on_reject = [](auto&) { throw std::runtime_error("enough"); }});
    w.write(good(0, 10));
    CHECK_THROWS_WITH(w.write(good(5, 6)), "enough");
    CHECK(f.stored().empty());
    CHECK_FALSE(f.db.in_transaction());
}

TEST_CASE("conflict clauses of the table do not make rows vanish or go in twice") {
    for (const std::string clause : {"IGNORE", "REPLACE", "FAIL", "ROLLBACK", "ABORT"}) {
        CAPTURE(clause);
        fixture f(("CREATE TABLE items (id INTEGER PRIMARY KEY ON CONFLICT " + clause +
                   ", name TEXT NOT NULL ON CONFLICT " + clause + ")")
                      .c_str());
        writer w(f.db, "items", {}, f.collecting());
        items batch = good(0, 200);
        batch[150].id = 3;
        batch[160].name.reset();
        w.write(batch);
        CHECK(w.finish().rows == 198);
        CHECK(f.rejected == ids{3, 160});
        CHECK(number(f.db, "SELECT count(*) FROM items") == 198);
        CHECK(number(f.db, "SELECT name = 'n3' FROM items WHERE id = 3") == 1);
    }
}

TEST_CASE("a trigger that aborts rejects its row; one that breaks the transaction ends the load") {
    const auto table_with = [](const std::string& raise) {
        return "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT);"
               "CREATE TRIGGER no AFTER INSERT ON items WHEN new.id = 5 "
               "BEGIN SELECT RAISE(" +
               raise + ", 'not five'); END";
    };
    fixture aborts(table_with("ABORT").c_str());
    writer w(aborts.db, "items", {}, aborts.collecting());
    w.write(good(0, 10));
    w.finish();
    CHECK(aborts.rejected == ids{5});
    CHECK(aborts.causes.at(0).message() == "not five");
    CHECK(aborts.stored() == ids{0, 1, 2, 3, 4, 6, 7, 8, 9});

    for (const char* raise : {"ROLLBACK", "FAIL"}) {
        CAPTURE(raise);
        fixture f(table_with(raise).c_str());
        writer broken(f.db, "items", {}, f.collecting());
        const auto met = error_of([&] { broken.write(good(0, 10)); });
        REQUIRE(met);
        CHECK(std::string(met->what()).find("not five") != std::string::npos);
        CHECK(f.rejected.empty());
        CHECK(f.stored().empty());
    }
}

TEST_CASE("an interrupt ends the load at its last commit") {
    fixture f;
    writer w(f.db, "items", {}, f.collecting(10));
    w.write(good(0, 10));
    sqlite::database holder(f.dir / "a.db");
    holder.exec("BEGIN IMMEDIATE");
    f.db.interrupt();
    const auto met = error_of([&] { w.write(good(10, 20)); });
    REQUIRE(met);
    CHECK(met->primary_code() == SQLITE_INTERRUPT);
    CHECK(f.committed() == range(0, 10));
}

TEST_CASE("a commit that cannot get its lock is an error with a known outcome: nothing") {
    fixture f;
    sqlite::database hasty(f.dir / "a.db", {.lock_timeout = std::chrono::milliseconds(1)});
    writer w(hasty, "items");
    w.write(good(0, 5));
    f.db.exec("BEGIN; SELECT count(*) FROM items");
    const auto met = error_of([&] { w.finish(); });
    REQUIRE(met);
    CHECK(met->primary_code() == SQLITE_BUSY);
    CHECK_FALSE(met->outcome_unknown());
    f.db.exec("COMMIT");
    CHECK(f.stored().empty());
    CHECK(w.report().rows == 0);
}

TEST_CASE("a batch may be any sized range of rows that exist") {
    fixture f;
    writer w(f.db, "items");
    const items batch = good(0, 3);
    w.write(std::span(batch));
    w.write(std::list<item>{{10, "a"}, {11, "b"}});
    w.write(items{});
    CHECK(w.finish().rows == 5);
    CHECK(f.stored() == ids{0, 1, 2, 10, 11});
}

TEST_CASE("a table wider than one statement has parameters for is filled all the same") {
    sqlite::database db(sqlite::in_memory);
    sqlite3_limit(db.handle(), SQLITE_LIMIT_VARIABLE_NUMBER, 7);
    db.exec("CREATE TABLE t (a, b, c)");
    using row = std::tuple<int, int, int>;
    sqlite::batch_writer<row> w(db, "t");
    std::vector<row> rows;
    for (int i = 0; i < 11; ++i) rows.emplace_back(i, 2 * i, 3 * i);
    w.write(rows);
    CHECK(w.finish().rows == 11);
    CHECK(number(db, "SELECT sum(a + b + c) FROM t") == 6 * 55);
}

TEST_CASE("without columns, rows have no values for generated columns") {
    sqlite::database db(sqlite::in_memory);
    db.exec("CREATE TABLE t (a, twice AS (2 * a), b, thrice AS (3 * a) STORED)");
    using row = std::tuple<int, int>;
    sqlite::batch_writer<row> w(db, "t");
    w.write(std::vector<row>{{1, 10}, {2, 20}});
    CHECK(w.finish().rows == 2);
    CHECK(number(db, "SELECT sum(a + b + twice + thrice) FROM t") == 3 + 30 + 6 + 9);
}
