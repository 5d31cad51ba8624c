// The parts of `weir-load load`, each by itself.
#include <doctest/doctest.h>
#include <shared/exit_code.hpp>

#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

#include "weir-load/load/charset.hpp"
#include "weir-load/load/dialect_sniffer.hpp"
#include "weir-load/load/json_check.hpp"
#include "weir-load/load/map_expression.hpp"
#include "weir-load/load/raw_record.hpp"
#include "weir-load/load/sha256.hpp"
#include "weir-load/load/type_inference.hpp"
#include "weir-load/load/value_parser.hpp"

namespace {

using namespace weir_load::table_load;
namespace csv = weir::csv;
using namespace std::string_view_literals;

column_type inferred(const std::vector<std::string>& values, const date_format* dates = nullptr) {
    type_evidence evidence;
    std::uint64_t line = 2;
    for (const auto& value : values) evidence.add(value, line++, dates);
    return evidence.type(dates);
}

/// What a value becomes, as text: `NULL`, `42`, `'text'`, or the fault.
std::string parsed(std::string_view text, value_rules rules) {
    std::pmr::monotonic_buffer_resource memory;
    const parsed_value value = parse_value(text, rules, memory);
    if (!value.ok()) return value.fault;
    return value.value.visit([](auto v) -> std::string {
        if constexpr (std::is_same_v<decltype(v), std::nullptr_t>) {
            return "NULL";
        } else if constexpr (std::is_same_v<decltype(v), std::string_view>) {
            return "'" + std::string(v) + "'";
        } else {
            return std::to_string(v);
        }
    });
}

sniffed_dialect sniffed(std::string_view sample, const told_dialect& told = {}) {
    return sniff_dialect(sample, true, told);
}

bool has_header(std::string_view sample) {
    return sniffed(sample).rules.header == csv::header::present;
}

/// One record's fields.
class fixed_fields final : public map_fields {
public:
    explicit fixed_fields(std::vector<map_value> values) : values_(std::move(values)) {}
    map_value field(std::size_t column) override { return values_[column]; }
    std::pmr::memory_resource& memory() override { return memory_; }

private:
    std::vector<map_value> values_;
    std::pmr::monotonic_buffer_resource memory_;
};

std::string mapped(std::string_view expression, std::vector<map_value> values) {
    const std::vector<std::string> columns = {"a", "first name"};
    fixed_fields fields(std::move(values));
    const auto compiled = compile_map(expression, columns);  // a constant's value lives in it
    const map_value value = compiled->value(fields);
    return value ? std::string(*value) : "NULL";
}

}  // namespace

TEST_CASE("A column is of a type if all its values are, and loses nothing by it") {
    CHECK(inferred({"1", "-2", "0"}) == column_type::integer);
    CHECK(inferred({"9223372036854775807"}) == column_type::integer);
    CHECK(inferred({"9223372036854775808"}) == column_type::text);
    CHECK(inferred({"1", "2.5", "1e3"}) == column_type::real);
    CHECK(inferred({"0.30000000000000004"}) == column_type::real);
    CHECK(inferred({"0.123456789012345678901"}) == column_type::text);
    CHECK(inferred({"12345678901234567890", "1.5"}) == column_type::text);
    CHECK(inferred({"1e400"}) == column_type::text);
    CHECK(inferred({"007", "1"}) == column_type::text);
    CHECK(inferred({"007.5"}) == column_type::text);
    CHECK(inferred({"+1"}) == column_type::text);
    CHECK(inferred({"1 "}) == column_type::text);
    CHECK(inferred({"nan", "inf"}) == column_type::text);
    CHECK(inferred({"0x10"}) == column_type::text);
    CHECK(inferred({"2026-02-28", "2024-02-29"}) == column_type::date);
    CHECK(inferred({"2026-02-29"}) == column_type::text);
    CHECK(inferred({"01/02/2026"}) == column_type::text);
    CHECK(inferred({"2026-12-01 13:45", "2026-12-01T13:45:00.5Z", "2026-12-01 13:45:00+01:00"}) ==
          column_type::timestamp);
    CHECK(inferred({"2026-12-01 24:00"}) == column_type::text);
    CHECK(inferred({}) == column_type::text);
    const date_format german("%d.%m.%Y");
    CHECK(inferred({"1.12.2026", "31.01.2026"}, &german) == column_type::date);
    CHECK(inferred({"1.12.2026", "31.02.2026"}, &german) == column_type::text);
}

TEST_CASE("The evidence names the value that spoils a type") {
    type_evidence evidence;
    evidence.add("1", 2, nullptr);
    evidence.add("n/a", 3, nullptr);
    evidence.add_null();
    CHECK(evidence.why(nullptr) ==
          "1 of 2 values are whole numbers, but line 3 has 'n/a', 1 empty");
}

TEST_CASE("A value that does not fit its column is a fault, never another value") {
    const value_rules integer{column_type::integer};
    CHECK(parsed("42", integer) == "42");
    CHECK(parsed("-9223372036854775808", integer) == "-9223372036854775808");
    CHECK(parsed("9223372036854775808", integer) ==
          "is beyond the range of whole numbers (64 bits)");
    CHECK(parsed("007", integer).starts_with("would not come back"));
    CHECK(parsed("007", {column_type::integer, true}) == "7");
    CHECK(parsed(" +7 ", {column_type::integer, true}) == "7");
    CHECK(parsed("7x", {column_type::integer, true}) == "is no whole number");
    CHECK(parsed("-", {column_type::integer, true}) == "is no whole number");
    CHECK(parsed("+-7", {column_type::integer, true}) == "is no whole number");

    CHECK(parsed("1e999", {column_type::real, true}) == "is beyond the range of REAL");
    CHECK(parsed("0.12345678901234567890", {column_type::real, true}) ==
          "has more digits than REAL keeps");
    CHECK(parsed("1,5", {column_type::real, true}) == "is no number");

    CHECK(parsed("Yes", {column_type::boolean}) == "1");
    CHECK(parsed("F", {column_type::boolean}) == "0");
    CHECK(parsed("2", {column_type::boolean}) == "is neither true nor false");
    CHECK(parsed("12345678901234567890.50", {column_type::decimal}) == "'12345678901234567890.50'");
    CHECK(parsed("1e5", {column_type::decimal}) == "is no decimal number");
    CHECK(parsed("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", {column_type::uuid}).starts_with("'"));
    CHECK(parsed("017f22e2", {column_type::uuid}) == "is no UUID");

    const date_format american("%m/%d/%Y %H:%M");
    CHECK(parsed("12/1/2026 9:05", {column_type::timestamp, true, &american}) ==
          "'2026-12-01 09:05:00'");
    CHECK(parsed("12/1/2026 9:05", {column_type::date, true, &american}) == "has a time of day");
    // A table that says NUMERIC would make 7 of it.
    CHECK(parsed("007", {column_type::number}).starts_with("would not come back"));
    CHECK(parsed("x7", {column_type::number}) == "'x7'");
}

TEST_CASE("JSON is told from what is none") {
    for (const auto good : {"1", "-0.5e+3", "\"a\\u00e9\"", "[]", "{}", "[1, {\"a\": [null]}]",
                            " { \"a\" : true , \"b\" : [ ] } "}) {
        CAPTURE(good);
        CHECK(is_json(good));
    }
    for (const auto bad : {"", "[", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", "'a'", "[1]]",
                           "\"\n\"", "{\"a\"}", "nul"}) {
        CAPTURE(bad);
        CHECK_FALSE(is_json(bad));
    }
    CHECK(is_json(std::string(500, '[') + std::string(500, ']')));
    CHECK_FALSE(is_json(std::string(501, '[') + std::string(501, ']')));
}

TEST_CASE("The delimiter is what splits the records alike") {
    CHECK(sniffed("a;b;c\n1,5;2;3\n2,5;3;4\n").rules.delimiter == ';');
    CHECK(sniffed("a\tb\nx, y\tz\n").rules.delimiter == '\t');
    CHECK(sniffed("a|b\n1|2\n").rules.delimiter == '|');
    CHECK(sniffed("name\nAnna\n").rules.delimiter == ',');
    CHECK(sniffed("a,b\n\"x;y;z\",1\n\"x;y;z\",2\n").rules.delimiter == ',');
    told_dialect colon;
    colon.delimiter = ':';
    CHECK(sniffed("a:b\n1:2\n", colon).rules.delimiter == ':');
    CHECK(sniffed("").rules.delimiter == ',');
}

TEST_CASE("Quote, header and line end are told from the text") {
    CHECK(sniffed("a,b\n'x, y',1\n'z',2\n").rules.quote == '\'');
    CHECK(sniffed("a,b\nO'Hara,1\n'tis,2\n").rules.quote == '"');
    told_dialect unquoted;
    unquoted.quote = '\0';
    CHECK_FALSE(sniffed("a,b\n", unquoted).quotes);
    CHECK(has_header("id,name\n1,Anna\n"));
    CHECK(has_header(",name\n1,Anna\n"));
    CHECK_FALSE(has_header("1,Anna\n2,Bo\n"));
    CHECK_FALSE(has_header("Anna,2026-12-01\n"));
    CHECK(sniffed("a\r\nb\r\n").line_end == "CRLF");
    CHECK(sniffed("a\rb\r").line_end == "CR");
    CHECK(sniffed("a\nb\r\n").line_end == "mixed");
}

TEST_CASE("The encoding is told by mark, by zeros, by whether it is UTF-8") {
    CHECK(sniff_charset("a,b\n", true) == charset::utf8);
    CHECK(sniff_charset("\xef\xbb\xbf"
                        "a",
                        true) == charset::utf8);
    CHECK(sniff_charset("\xff\xfe"
                        "a\0"sv,
                        true) == charset::utf16_le);
    CHECK(sniff_charset("\0a\0,\0b"sv, true) == charset::utf16_be);
    CHECK(sniff_charset("a\0,\0b\0"sv, true) == charset::utf16_le);
    CHECK(sniff_charset("M\xfcller,1\n", true) == charset::windows_1252);
    // A character that the sample cuts in two.
    CHECK(sniff_charset("M\xc3", false) == charset::utf8);
    CHECK(sniff_charset("M\xc3", true) == charset::windows_1252);
    std::string text;
    append_decoded(text, "\x80\xe4", charset::windows_1252);
    append_decoded(text, "\xe4", charset::latin1);
    CHECK(text == "€ää");
}

TEST_CASE("A record's bytes end where the parser ends it") {
    const csv::dialect rules;
    CHECK(raw_record_size("a,\"b\n\"\"c\",d\r\nx", rules) == 11);
    CHECK(raw_record_size("5\" pipe,x\nnext", rules) == 9);
    CHECK(first_record("\xef\xbb\xbf\n\r\na,b\n1,2", rules) == "a,b");
    csv::dialect commented;
    commented.comment = '#';
    CHECK(first_record("# a\n#b\na,b\n", commented) == "a,b");
    CHECK(behind_lines("a\r\nb\nc", 2) == "c");
    CHECK(behind_lines("a", 2).empty());
}

TEST_CASE("A map computes text from fields") {
    CHECK(mapped("upper(trim(a))", {" \xc3\xa4x ", std::nullopt}) == "ÄX");
    CHECK(mapped("lower(\"first name\")", {std::nullopt, "ABC"}) == "abc");
    CHECK(mapped("replace(a, 'l', 'LL')", {"hello", std::nullopt}) == "heLLLLo");
    CHECK(mapped("concat(a, ' ', \"first name\", 7)", {"x", std::nullopt}) == "x 7");
    CHECK(mapped("default(nullif(a, 'n/a'), 'none')", {"n/a", std::nullopt}) == "none");
    CHECK(mapped("nullif(a, 'x')", {"x", std::nullopt}) == "NULL");
    CHECK(mapped("constant('it''s')", {}) == "it's");
    CHECK(mapped("sha256(a)", {"abc", std::nullopt}) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(mapped("uuid7()", {}).size() == 36);
    const std::vector<std::string> columns = {"a"};
    CHECK(compile_map("cast(a, real)", columns)->type() == column_type::real);
    for (const auto bad : {"", "b", "upper(a", "upper()", "upper(a) x", "nothing(a)", "cast(a, x)",
                           "replace(a, '', 'x')", "upper(a, a)"}) {
        CAPTURE(bad);
        CHECK_THROWS_AS(compile_map(bad, columns), weir_apps::usage_error);
    }
    CHECK(sha256_hex(std::string(200, 'a')).size() == 64);
}
