#include <doctest/doctest.h>

#include <random>

#include "support.hpp"

using namespace csv_test;

TEST_CASE("csv: any text gives what the byte-by-byte reference gives, cut anywhere") {
    const auto rules = dialects();
    std::mt19937 random{20240611};
    for (int round = 0; round != 4'000; ++round) {
        const csv::dialect& d = rules[random() % rules.size()];
        const std::string text = nasty_text(random, d, 40);
        const outcome expected = reference(text, d);
        CAPTURE(text);
        CAPTURE(d.max_record_size);
        for (std::size_t piece = 1; piece <= text.size() + 1; ++piece) {
            CAPTURE(piece);
            REQUIRE(parse(text, d, piece) == expected);
        }
    }
}

TEST_CASE("csv: long texts give what the reference gives, whichever way bytes are found") {
    const auto rules = dialects();
    std::mt19937 random{7};
    for (int round = 0; round != 300; ++round) {
        const csv::dialect& d = rules[random() % rules.size()];
        const std::string text = nasty_text(random, d, 5'000);
        const outcome expected = reference(text, d);
        for (const csv::detail::named_classifier& way : csv::detail::classifiers()) {
            CAPTURE(way.name);
            const std::size_t odd = 1 + random() % 300;
            REQUIRE(parse(text, d, text.size() + 1, way) == expected);
            REQUIRE(parse(text, d, odd, way) == expected);
        }
    }
}
