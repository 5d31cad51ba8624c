#include <weir/connectors/csv/dialect.hpp>
#include <weir/connectors/csv/parser.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

namespace csv = weir::csv;

TEST_CASE("csv dialect: the default one and one with every option changed make sense") {
    CHECK(csv::validate(csv::dialect{}).ok());
    const csv::dialect d{'\t', '\'', '#', csv::header::none, 1};
    CHECK(csv::validate(d).ok());
}

TEST_CASE("csv dialect: clashing and impossible bytes are refused, and the reason says which") {
    const auto reason = [](const csv::dialect& d) {
        const absl::Status s = csv::validate(d);
        CHECK(s.code() == absl::StatusCode::kInvalidArgument);
        return std::string{s.message()};
    };
    CHECK(reason({.delimiter = '"'}) == "csv: the delimiter and the quote are the same");
    CHECK(reason({.comment = ','}) == "csv: the comment and the delimiter are the same");
    CHECK(reason({.comment = '"'}) == "csv: the comment and the quote are the same");
    CHECK(reason({.delimiter = '\n'}) == "csv: the delimiter cannot be a line end");
    CHECK(reason({.quote = '\r'}) == "csv: the quote cannot be a line end");
    CHECK(reason({.comment = '\0'}) == "csv: the comment cannot be NUL");
    CHECK(reason({.delimiter = '\0'}) == "csv: the delimiter cannot be NUL");
    CHECK(reason({.max_record_size = 0}).starts_with("csv: max_record_size must be 1 to"));
    CHECK(reason({.max_record_size = SIZE_MAX}).starts_with("csv: max_record_size must be 1 to"));
}

TEST_CASE("csv dialect: a parser refuses one that makes no sense") {
    const csv::dialect d{.delimiter = '"'};
    CHECK_THROWS_AS(csv::parser{d}, std::invalid_argument);
}

TEST_CASE("csv dialect: a parser cannot resume without columns") {
    const csv::columns none{std::size_t{0}};
    CHECK_THROWS_AS((csv::parser{csv::dialect{}, csv::position{}, none}), std::invalid_argument);
}
