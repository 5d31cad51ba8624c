#include <weir/connectors/csv/parser.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "support.hpp"

using namespace csv_test;
using std::string_literals::operator""s;

namespace {

using fields = std::vector<std::string>;

constexpr csv::dialect no_header{.header = csv::header::none};

outcome whole(std::string_view text, const csv::dialect& rules) {
    return parse(text, rules, text.size() + 1);
}

// The fields of all records of a text without header; none of them may be bad.
std::vector<fields> records(std::string_view text, const csv::dialect& rules = no_header) {
    std::vector<fields> all;
    for (item& i : whole(text, rules).items) {
        CHECK(i.reason == csv::fault::none);
        all.push_back(std::move(i.fields));
    }
    return all;
}

using rows = std::vector<fields>;

}  // namespace

TEST_CASE("csv: the header names the columns and is not a record") {
    const outcome o = whole("name,age\nTom,33\nJim,44\n", {});
    CHECK(o.columns == fields{"name", "age"});
    REQUIRE(o.items.size() == 2);
    CHECK(o.items[0].fields == fields{"Tom", "33"});
    CHECK(o.items[1].fields == fields{"Jim", "44"});
}

TEST_CASE("csv: without a header the first record is data and sets the field count") {
    const outcome o = whole("Tom,33\nJim\n", no_header);
    CHECK(o.columns.empty());
    REQUIRE(o.items.size() == 2);
    CHECK(o.items[0].fields == fields{"Tom", "33"});
    CHECK(o.items[1].reason == csv::fault::wrong_field_count);
}

TEST_CASE("csv: columns are found by name, the first of equal ones") {
    const csv::columns c{{"a", "b", "b"}};
    CHECK(c.size() == 3);
    CHECK(c.find("b") == 1);
    CHECK(!c.find("B").has_value());
}

TEST_CASE("csv: LF, CRLF and lone CR end lines, also mixed in one file") {
    CHECK(records("a,b\nc,d\r\ne,f\rg,h\n") ==
          rows{{"a", "b"}, {"c", "d"}, {"e", "f"}, {"g", "h"}});
}

TEST_CASE("csv: the last line need not end") {
    CHECK(records("a,b\nc,d") == rows{{"a", "b"}, {"c", "d"}});
    CHECK(records("a,b\nc,") == rows{{"a", "b"}, {"c", ""}});
    CHECK(records("a,b\nc,\"d\"") == rows{{"a", "b"}, {"c", "d"}});
}

TEST_CASE("csv: quoted fields hold delimiters, line breaks and doubled quotes") {
    CHECK(records("\"a,b\",c\n") == rows{{"a,b", "c"}});
    CHECK(records("\"a\nb\r\nc\rd\",e\n") == rows{{"a\nb\r\nc\rd", "e"}});
    CHECK(records("\"say \"\"hi\"\"\",\"\"\"\"\n") == rows{{"say \"hi\"", "\""}});
    CHECK(records("\"\",\"\"\n") == rows{{"", ""}});
}

TEST_CASE("csv: a quote inside an unquoted field is taken literally") {
    CHECK(records("5\" pipe,b\n") == rows{{"5\" pipe", "b"}});
    CHECK(records("a \"b\",c\n") == rows{{"a \"b\"", "c"}});
}

TEST_CASE("csv: empty fields are fields, and nothing is trimmed") {
    CHECK(records(",,\n") == rows{{"", "", ""}});
    CHECK(records(" a , b\n") == rows{{" a ", " b"}});
}

TEST_CASE(
    "csv: a byte order mark at the start is skipped and counted in offsets, elsewhere it stays") {
    const outcome o = whole(
        "\xEF\xBB\xBF"
        "a\nb\xEF\xBB\xBF\n",
        no_header);
    REQUIRE(o.items.size() == 2);
    CHECK(o.items[0].fields == fields{"a"});
    CHECK(o.items[0].where == csv::position{1, 3});
    CHECK(o.items[1].fields == fields{"b\xEF\xBB\xBF"});
}

TEST_CASE("csv: NUL and bytes that are not UTF-8 pass through") {
    CHECK(records("a\0b,\xFF\xFE\n"s) == rows{{"a\0b"s, "\xFF\xFE"}});
    CHECK(records("a,b\n\"\0\",\0"s) == rows{{"a", "b"}, {"\0"s, "\0"s}});
}

TEST_CASE("csv: empty lines are skipped where there are several columns") {
    CHECK(records("\n\r\na,b\n\n\r\r\nc,d\n\n") == rows{{"a", "b"}, {"c", "d"}});
}

TEST_CASE("csv: in a file of one column an empty line is a record with an empty field") {
    const outcome o = whole("\nname\nTom\n\r\n\nJim\n", {});
    CHECK(o.columns == fields{"name"});
    REQUIRE(o.items.size() == 4);
    CHECK(o.items[1].fields == fields{""});
    CHECK(o.items[1].where == csv::position{4, 10});
    CHECK(o.items[2].fields == fields{""});
    CHECK(o.items[3].where == csv::position{6, 13});
}

TEST_CASE(
    "csv: comment lines are skipped with all that is in them, only from the start of a line") {
    const csv::dialect d{.comment = '#', .header = csv::header::none};
    CHECK(records("# \"open\na,b\n#x,y,z\r\nc,#d\n\"#e\",f\n#last", d) ==
          rows{{"a", "b"}, {"c", "#d"}, {"#e", "f"}});
}

TEST_CASE("csv: without a comment character a line that starts with # is data") {
    CHECK(records("#a,b\n") == rows{{"#a", "b"}});
}

TEST_CASE("csv: other delimiters and quotes do") {
    const csv::dialect d{.delimiter = '\t', .quote = '\'', .header = csv::header::none};
    CHECK(records("a\t'b\tc'\t\"d\"\n", d) == rows{{"a", "b\tc", "\"d\""}});
    const csv::dialect latin{.delimiter = '\xA7', .header = csv::header::none};
    CHECK(records("a\xA7"
                  "b\n",
                  latin) == rows{{"a", "b"}});
}

TEST_CASE("csv: positions count lines as an editor does, those inside quotes too") {
    const outcome o = whole("h,i\n\"a\nb\r\nc\rd\",1\n\ne,2\r\nf,3\n", {});
    REQUIRE(o.items.size() == 3);
    CHECK(o.items[0].where == csv::position{2, 4});
    CHECK(o.items[1].where == csv::position{7, 18});
    CHECK(o.items[2].where == csv::position{8, 23});
}

TEST_CASE("csv: a wrong field count is a fault of that record alone") {
    const outcome o = whole("a,b\n1,2\n3\n4,5,6\n7,8\n", {});
    REQUIRE(o.items.size() == 4);
    CHECK(o.items[0].fields == fields{"1", "2"});
    CHECK(o.items[1] == item{{3, 8}, csv::fault::wrong_field_count, {}, 1, 1, "3"});
    CHECK(o.items[2] == item{{4, 10}, csv::fault::wrong_field_count, {}, 5, 3, "4,5,6"});
    CHECK(o.items[3].fields == fields{"7", "8"});
}

TEST_CASE("csv: text after a closing quote is a fault, and the record ends where its line does") {
    const outcome o = whole("a,b\n1,\"x\" y\n\"p\"\"q\"r,\"s\nt\"\n2,3\n", {});
    REQUIRE(o.items.size() == 3);
    CHECK(o.items[0] == item{{2, 4}, csv::fault::text_after_quote, {}, 7, 2, "1,\"x\" y"});
    CHECK(o.items[1] ==
          item{{3, 12}, csv::fault::text_after_quote, {}, 13, 1, "\"p\"\"q\"r,\"s\nt\""});
    CHECK(o.items[2].fields == fields{"2", "3"});
}

TEST_CASE(
    "csv: a quote that is never closed costs the line it stands on, not the rest of the file") {
    const outcome o = whole("a,b\n1,\"2\n3,4\n5,6\n", {});
    REQUIRE(o.items.size() == 3);
    CHECK(o.items[0] == item{{2, 4}, csv::fault::unclosed_quote, {}, 4, 2, "1,\"2"});
    CHECK(o.items[1].fields == fields{"3", "4"});
    CHECK(o.items[1].where == csv::position{3, 9});
    CHECK(o.items[2].fields == fields{"5", "6"});
}

TEST_CASE("csv: of a record of several lines all up to the line of the open quote is lost") {
    const outcome o = whole("a,b\n\"1\n2\",\"3\n4,5\n", {});
    REQUIRE(o.items.size() == 2);
    CHECK(o.items[0] == item{{2, 4}, csv::fault::unclosed_quote, {}, 8, 2, "\"1\n2\",\"3"});
    CHECK(o.items[1].fields == fields{"4", "5"});
    CHECK(o.items[1].where == csv::position{4, 13});
}

TEST_CASE("csv: the record bound holds to the byte, line end not counted") {
    const csv::dialect d{.header = csv::header::none, .max_record_size = 5};
    const outcome o = whole("ab,cd\r\nab,cde\r\nab,cd", d);
    REQUIRE(o.items.size() == 3);
    CHECK(o.items[0].reason == csv::fault::none);
    CHECK(o.items[1] == item{{2, 7}, csv::fault::record_too_large, {}, 6, 2, "ab,cd"});
    CHECK(o.items[2].reason == csv::fault::none);
}

TEST_CASE("csv: a stray quote meets the record bound and costs one line") {
    const csv::dialect d{.max_record_size = 100};
    std::string text{"a,b\n1,\"2\n"};
    for (int i = 0; i != 50; ++i) text += "33,44\n";
    const outcome o = whole(text, d);
    REQUIRE(o.items.size() == 51);
    CHECK(o.items[0] == item{{2, 4}, csv::fault::record_too_large, {}, 4, 2, "1,\"2"});
    for (std::size_t i = 1; i != 51; ++i) {
        CHECK(o.items[i].fields == fields{"33", "44"});
        CHECK(o.items[i].where == csv::position{2 + i, 3 + 6 * i});
    }
    CHECK(parse(text, d, 7) == o);
}

TEST_CASE("csv: a line without end is passed over in little memory, and its length is told") {
    const csv::dialect d{.max_record_size = 1'000};
    csv::parser parser{d};
    parser.feed("a,b\n");
    CHECK(!parser.next());
    const std::string piece(10'000, 'x');
    for (int i = 0; i != 1'000; ++i) {
        parser.feed(piece);
        REQUIRE(!parser.next());
        CHECK(parser.where() == csv::position{2, 4});
    }
    parser.feed("\n1,2\n");
    const auto batch = parser.next();
    REQUIRE(batch.has_value());
    REQUIRE(batch->size() == 2);
    const csv::record_error e = (*batch)[0].error();
    CHECK(e.reason == csv::fault::record_too_large);
    CHECK(e.length == 10'000'000);
    CHECK(e.text == std::string(csv::record_error::excerpt_size, 'x'));
    CHECK((*batch)[1].record().where() == csv::position{3, 10'000'005});
}

TEST_CASE("csv: a line of nothing but delimiters is one bad record that counts them") {
    std::string text{"a,b\n"};
    text.append(3'000'000, ',').append("\n1,2\n");
    const outcome o = parse(text, {}, 65'536);
    REQUIRE(o.items.size() == 2);
    CHECK(o.items[0].reason == csv::fault::wrong_field_count);
    CHECK(o.items[0].field == 3'000'001);
    CHECK(o.items[1].fields == fields{"1", "2"});
}

TEST_CASE("csv: a header that is missing, broken or too wide is an error that says where") {
    const auto what = [](std::string_view text, const csv::dialect& d) {
        csv::parser parser{d};
        parser.feed(text);
        parser.finish();
        try {
            static_cast<void>(parser.next());
        } catch (const csv::header_error& e) {
            return std::string{e.what()};
        }
        return "no error"s;
    };
    CHECK(what("", {}) == "line 1, byte 0: the input ends before a header");
    CHECK(what("\n\n", {}) == "line 3, byte 2: the input ends before a header");
    CHECK(what("\na,\"b\n", {}) ==
          "line 2, byte 1: the header cannot be read: the quote of field 2 is never closed");
    CHECK(what(std::string(csv::max_columns, ','), {}) ==
          "line 1, byte 0: 65537 columns, at most 65536 can be read");
    CHECK(what("", no_header) == "no error");
}

TEST_CASE(
    "csv: without a header a bad first record is a fault of its own, and the next one counts") {
    const std::string text = "\"a\"x,b\n1,2\n3,4\n5\n";
    const outcome o = whole(text, no_header);
    REQUIRE(o.items.size() == 4);
    CHECK(o.items[0].reason == csv::fault::text_after_quote);
    CHECK(o.items[0].text == "\"a\"x,b");
    CHECK(o.items[1].fields == fields{"1", "2"});
    CHECK(o.items[2].fields == fields{"3", "4"});
    CHECK(o.items[3].reason == csv::fault::wrong_field_count);
    for (std::size_t piece = 1; piece != text.size(); ++piece) {
        CHECK(parse(text, no_header, piece) == o);
    }
    // A batch of such records alone has no columns yet; loading can go on behind it.
    csv::parser parser{no_header};
    parser.feed(std::string_view{text}.substr(0, 8));
    const auto batch = parser.next();
    REQUIRE(batch.has_value());
    CHECK(batch->errors() == 1);
    CHECK(batch->columns().size() == 0);
    CHECK((*batch)[0].error().expected == 0);
    CHECK_FALSE(parser.known_columns());
    csv::parser second{no_header, batch->covers().end, batch->columns()};
    second.feed(std::string_view{text}.substr(8));
    second.finish();
    const auto rest = second.next();
    REQUIRE(rest.has_value());
    CHECK(rest->size() == 3);
    CHECK(rest->columns().size() == 2);
    CHECK_THROWS_AS((csv::parser{csv::dialect{}, {}, csv::columns{std::size_t{0}}}),
                    std::invalid_argument);
}

TEST_CASE("csv: a fault explains itself in one line and as a status that knows the position") {
    const csv::record_error count{csv::fault::wrong_field_count, {7, 123}, 9, 4, 3, "1,2,3,4"};
    CHECK(count.message() == "line 7, byte 123: 4 fields, expected 3");
    CHECK(count.status().code() == absl::StatusCode::kInvalidArgument);
    CHECK(count.status().message() == count.message());
    CHECK(csv::position_of(count.status()) == csv::position{7, 123});
    const csv::record_error large{csv::fault::record_too_large, {1, 0}, 9, 1, 3, ""};
    CHECK(large.status().code() == absl::StatusCode::kResourceExhausted);
    CHECK(!csv::position_of(absl::InvalidArgumentError("line 7")).has_value());
}

TEST_CASE("csv: loading can go on where any batch ended") {
    const std::string text =
        "\xEF\xBB\xBF"
        "a,b\n1,2\n\"3\n3\",4\n\n5\n\"6\",\"7\"\"\"\r\n8,9\r10,11";
    const outcome all = whole(text, {});
    REQUIRE(all.items.size() == 6);
    for (std::size_t piece = 1; piece != text.size(); ++piece) {
        csv::parser first{csv::dialect{}};
        std::vector<item> items;
        std::vector<csv::position> ends;
        std::vector<std::size_t> counts;
        for (std::size_t i = 0; i < text.size(); i += piece) {
            first.feed(std::string_view{text}.substr(i, piece));
            while (auto batch = first.next()) {
                for (const csv::entry e : *batch) items.push_back(own(e));
                ends.push_back(batch->covers().end);
                counts.push_back(items.size());
            }
        }
        for (std::size_t i = 0; i != ends.size(); ++i) {
            std::vector<item> joined(items.begin(),
                                     items.begin() + static_cast<std::ptrdiff_t>(counts[i]));
            csv::parser second{csv::dialect{}, ends[i], csv::columns{{"a", "b"}}};
            second.feed(std::string_view{text}.substr(ends[i].offset));
            second.finish();
            while (auto batch = second.next()) {
                CHECK(batch->covers().begin == ends[i]);
                CHECK(batch->covers().end.offset == text.size());
                for (const csv::entry e : *batch) joined.push_back(own(e));
            }
            CHECK(joined == all.items);
        }
    }
}

TEST_CASE("csv: a batch outlives its parser and can be moved") {
    std::optional<csv::batch> kept;
    {
        csv::parser parser{no_header};
        parser.feed("a,b\nc,d\n");
        kept = parser.next();
        parser.feed("e,f\n");
        REQUIRE(parser.next().has_value());
    }
    csv::batch moved = *std::move(kept);
    kept.reset();
    REQUIRE(moved.size() == 2);
    CHECK(moved[1].record()[1] == "d");
    CHECK(moved.columns().size() == 2);
    CHECK(moved.covers() == csv::range{{1, 0}, {3, 8}});
}

TEST_CASE("csv: a record's fields can be walked in any direction") {
    csv::parser parser{no_header};
    parser.feed("a,bb,ccc\n");
    const auto batch = parser.next();
    REQUIRE(batch.has_value());
    const csv::record r = (*batch)[0].record();
    static_assert(std::random_access_iterator<csv::record::iterator>);
    CHECK(r.end() - r.begin() == 3);
    CHECK(r.begin()[2] == "ccc");
    CHECK(*--r.end() == "ccc");
    CHECK(r.size() == 3);
}
