// What goes into a cell comes out of it.
#include <weir/connectors/sqlite/row.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>
#include <memory>

#include "support.hpp"

using namespace sqlite_test;
using std::string_literals::operator""s;
using std::string_view_literals::operator""sv;

namespace {

using blob = std::vector<std::byte>;

// One cell that holds `value`, to be read.
struct cell {
    template <class T>
    explicit cell(T&& value) : db(sqlite::in_memory), select(db.prepare("SELECT ?")) {
        select.bind(1, std::forward<T>(value));
        select.step();
    }
    template <class T>
    T get() const {
        return select.get<T>(0);
    }
    sqlite::value_type type() const { return select.type(0); }

    sqlite::database db;
    sqlite::statement select;
};

template <class T>
T through(T value) {
    return cell(value).template get<T>();
}

}  // namespace

TEST_CASE("integers of every width come back as they were, up to the limits") {
    CHECK(through(std::numeric_limits<std::int64_t>::max()) == INT64_MAX);
    CHECK(through(std::numeric_limits<std::int64_t>::min()) == INT64_MIN);
    CHECK(through(std::uint64_t{INT64_MAX}) == std::uint64_t{INT64_MAX});
    CHECK(through(std::int8_t{-128}) == -128);
    CHECK(through(std::uint32_t{4294967295U}) == 4294967295U);
    CHECK(through(true));
    CHECK_FALSE(through(false));
    CHECK(cell(true).type() == sqlite::value_type::integer);
}

TEST_CASE("an unsigned integer that SQLite cannot hold is refused and not wrapped around") {
    const auto met = error_of([] { cell(std::uint64_t{1} << 63); });
    REQUIRE(met);
    CHECK(met->primary_code() == SQLITE_MISMATCH);
    CHECK(std::string(met->what()).find("2^63") != std::string::npos);
}

TEST_CASE("an integer is not read as a narrower type than it needs") {
    CHECK_THROWS_AS(cell(300).get<std::int8_t>(), sqlite::database_error);
    CHECK_THROWS_AS(cell(-1).get<std::uint64_t>(), sqlite::database_error);
    CHECK(cell(127).get<std::int8_t>() == 127);
}

TEST_CASE("floating point numbers come back as they were, infinities too, and NaN is NULL") {
    CHECK(through(0.1) == 0.1);
    CHECK(through(-std::numeric_limits<double>::infinity()) ==
          -std::numeric_limits<double>::infinity());
    CHECK(through(std::numeric_limits<double>::denorm_min()) ==
          std::numeric_limits<double>::denorm_min());
    CHECK(through(1.5F) == 1.5F);
    CHECK(cell(std::nan("")).type() == sqlite::value_type::null);
    CHECK(cell(3).get<double>() == 3.0);
}

TEST_CASE("text comes back byte for byte: empty, with a NUL, with quotes, not ASCII") {
    for (const auto& text : {""s, "a\0b"s, "'; DROP TABLE people; --"s, "Zoë \xF0\x9F\x90\x9D"s}) {
        CHECK(through(text) == text);
    }
    CHECK(cell("literal").get<std::string>() == "literal");
}

TEST_CASE("empty text and an empty blob are not NULL, whatever they point at") {
    CHECK(cell(std::string_view()).type() == sqlite::value_type::text);
    CHECK(cell(blob()).type() == sqlite::value_type::blob);
    CHECK(cell(std::span<const std::byte>()).type() == sqlite::value_type::blob);
    CHECK(cell(blob()).get<blob>().empty());
}

TEST_CASE("a blob comes back byte for byte, from any contiguous bytes") {
    const blob all{std::byte{0}, std::byte{255}, std::byte{0}, std::byte{7}};
    CHECK(through(all) == all);
    CHECK(cell(std::array{std::byte{1}, std::byte{0}}).get<blob>() ==
          blob{std::byte{1}, std::byte{0}});
    CHECK(cell(std::vector<unsigned char>{9}).get<blob>() == blob{std::byte{9}});
}

TEST_CASE("NULL is what nothing is stored as, and only an optional reads it") {
    CHECK(cell(nullptr).type() == sqlite::value_type::null);
    CHECK(cell(std::nullopt).type() == sqlite::value_type::null);
    CHECK(cell(std::optional<int>()).get<std::optional<int>>() == std::nullopt);
    CHECK(cell(std::optional<std::string>("x")).get<std::optional<std::string>>() == "x");
    CHECK_THROWS_AS(cell(nullptr).get<int>(), sqlite::database_error);
    CHECK_THROWS_AS(cell(nullptr).get<std::string>(), sqlite::database_error);
}

TEST_CASE("a cell read as a type it does not hold is an error that names both, not a conversion") {
    const auto met = error_of([] { cell("12"sv).get<int>(); });
    REQUIRE(met);
    const std::string text = met->what();
    CHECK(text.find("TEXT") != std::string::npos);
    CHECK(text.find("INTEGER") != std::string::npos);
    CHECK_THROWS_AS(cell(12).get<std::string>(), sqlite::database_error);
    CHECK_THROWS_AS(cell("12"sv).get<blob>(), sqlite::database_error);
    CHECK_THROWS_AS(cell(1.5).get<int>(), sqlite::database_error);
}

TEST_CASE("an owning temporary that is bound outlives the call") {
    sqlite::database db(sqlite::in_memory);
    auto select = db.prepare("SELECT ?, ?, ?");
    select.bind(1, std::string(1000, 'x'));
    select.bind(2, blob(1000, std::byte{42}));
    select.bind(3, std::optional<std::string>(std::string(1000, 'y')));
    // Memory that was freed would be handed out again here.
    const auto other = std::make_unique<std::string>(1000, 'z');
    REQUIRE(select.step());
    CHECK(select.get<std::string>(0) == std::string(1000, 'x'));
    CHECK(select.get<blob>(1) == blob(1000, std::byte{42}));
    CHECK(select.get<std::string>(2) == std::string(1000, 'y'));
}

TEST_CASE("a statement can be run again with other values") {
    sqlite::database db(sqlite::in_memory);
    db.exec("CREATE TABLE t (a, b)");
    auto insert = db.prepare("INSERT INTO t VALUES (?, ?)");
    for (int i = 0; i < 5; ++i) {
        insert.bind_all(i, "x");
        insert.run();
    }
    CHECK(numbers(db, "SELECT a FROM t ORDER BY a") == std::vector<std::int64_t>{0, 1, 2, 3, 4});
}

TEST_CASE("reading where there is no row or no column is an error") {
    sqlite::database db(sqlite::in_memory);
    auto select = db.prepare("SELECT 1");
    CHECK_THROWS_AS(select.get<int>(0), sqlite::database_error);
    REQUIRE(select.step());
    CHECK_THROWS_AS(select.get<int>(1), sqlite::database_error);
    CHECK_THROWS_AS(select.get<int>(-1), sqlite::database_error);
    CHECK_THROWS_AS(select.bind(1, 2), sqlite::database_error);
}

TEST_CASE("a column that the result does not have has no name") {
    sqlite::database db(sqlite::in_memory);
    const auto select = db.prepare("SELECT 1 AS one");
    CHECK(select.column_name(0) == "one");
    for (const int column : {-1, 1, 1000}) {
        const auto met = error_of([&] { static_cast<void>(select.column_name(column)); });
        REQUIRE(met);
        CHECK(met->primary_code() == SQLITE_RANGE);
    }
}

TEST_CASE("a null pointer to characters is NULL, and an empty string is not") {
    const char* nothing = nullptr;
    char* also_nothing = nullptr;
    CHECK(cell(nothing).type() == sqlite::value_type::null);
    CHECK(cell(also_nothing).type() == sqlite::value_type::null);
    CHECK(cell(std::optional<const char*>(nothing)).type() == sqlite::value_type::null);
    CHECK(cell("").get<std::string>().empty());
}

TEST_CASE("a number is read as floating point only if it comes out as what it was") {
    constexpr std::int64_t two_to_53 = std::int64_t{1} << 53;
    CHECK(cell(two_to_53).get<double>() == 9007199254740992.0);
    CHECK(cell(std::numeric_limits<std::int64_t>::min()).get<double>() == -9223372036854775808.0);
    CHECK(cell(1 << 24).get<float>() == 16777216.0F);
    for (const std::int64_t lossy : {two_to_53 + 1, -two_to_53 - 1, INT64_MAX}) {
        CHECK_THROWS_AS(cell(lossy).get<double>(), sqlite::database_error);
    }
    CHECK_THROWS_AS(cell((1 << 24) + 1).get<float>(), sqlite::database_error);
    CHECK(cell(0.1).get<float>() == 0.1F);
    CHECK(std::isinf(cell(std::numeric_limits<double>::infinity()).get<float>()));
    CHECK_THROWS_AS(cell(1e300).get<float>(), sqlite::database_error);
    CHECK_THROWS_AS(cell(-1e300).get<float>(), sqlite::database_error);
    CHECK_THROWS_AS(cell(1e-300).get<float>(), sqlite::database_error);
    CHECK(cell(0.0).get<float>() == 0.0F);
}

TEST_CASE("only 0 and 1 are read as bool") {
    CHECK(cell(1).get<bool>());
    CHECK_THROWS_AS(cell(2).get<bool>(), sqlite::database_error);
    CHECK_THROWS_AS(cell(-1).get<bool>(), sqlite::database_error);
}

TEST_CASE("prepare takes one statement, and neither none nor two") {
    sqlite::database db(sqlite::in_memory);
    CHECK_THROWS_AS(db.prepare("SELECT 1; DROP TABLE t"), sqlite::database_error);
    CHECK_THROWS_AS(db.prepare(""), sqlite::database_error);
    CHECK_THROWS_AS(db.prepare("-- nothing"), sqlite::database_error);
    CHECK_NOTHROW(db.prepare("SELECT 1 ; \n"));
}

TEST_CASE("types say whether they can be rows and values") {
    struct plain {};
    static_assert(sqlite::row<std::tuple<int, std::string>>);
    static_assert(sqlite::row<std::pair<int, double>>);
    static_assert(sqlite::row<std::array<int, 3>>);
    static_assert(!sqlite::row<plain>);
    static_assert(!sqlite::row<int>);
    static_assert(!sqlite::bindable<plain>);
    static_assert(!sqlite::bindable<char>);
    static_assert(!sqlite::bindable<std::vector<int>>);
    static_assert(sqlite::bindable<std::optional<std::string_view>>);
}
