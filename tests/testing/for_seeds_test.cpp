// Running under many seeds, and replaying one.

#include <weir/testing/expect.hpp>
#include <weir/testing/for_seeds.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

using namespace weir::testing;

namespace {

// WEIR_SEED for as long as it lives. (doctest runs one test at a time.)
struct with_seed {
    explicit with_seed(const char* text) { ::setenv("WEIR_SEED", text, 1); }
    with_seed(const with_seed&) = delete;
    with_seed& operator=(const with_seed&) = delete;
    ~with_seed() { ::unsetenv("WEIR_SEED"); }
};

std::vector<std::uint64_t> seeds_run(std::uint64_t count) {
    std::vector<std::uint64_t> seeds;
    for_seeds(count, [&](seeded_context& ctx) { seeds.push_back(ctx.seed()); });
    return seeds;
}

}  // namespace

TEST_CASE("the body runs under each seed, from 1") {
    CHECK(seeds_run(3) == std::vector<std::uint64_t>{1, 2, 3});
    CHECK(seeds_run(0).empty());
}

TEST_CASE("the seed that fails is named, with what went wrong and how to have it again") {
    const auto body = [](seeded_context& ctx) {
        if (ctx.seed() == 7) throw std::runtime_error("an item is missing");
    };
    try {
        for_seeds(1000, body);
        FAIL("nothing was thrown");
    } catch (const seed_error& e) {
        CHECK(e.seed() == 7);
        CHECK(e.what() == std::string("seed 7 fails (WEIR_SEED=7 replays it): an item is missing"));
        CHECK_THROWS_AS(std::rethrow_exception(e.cause()), std::runtime_error);
    }
}

TEST_CASE("WEIR_SEED runs that seed alone, and what it throws comes through") {
    const with_seed environment("123456789012");
    CHECK(seeds_run(3) == std::vector<std::uint64_t>{123456789012});
    CHECK_THROWS_AS(for_seeds(3, [](seeded_context&) { throw std::out_of_range("x"); }),
                    std::out_of_range);
}

TEST_CASE("a WEIR_SEED that is no number is refused") {
    for (const char* text : {"x", "12x", "-1", "99999999999999999999999"}) {
        const with_seed environment(text);
        CHECK_THROWS_AS(seeds_run(1), std::invalid_argument);
    }
    const with_seed environment("");
    CHECK(seeds_run(1).size() == 1);
}

TEST_CASE("an expectation that fails names its place and what was expected") {
    CHECK_NOTHROW(expect(true, "all is well"));
    try {
        expect(false, "all is well");
        FAIL("nothing was thrown");
    } catch (const expectation_error& e) {
        const std::string text = e.what();
        CHECK(text.find("for_seeds_test.cpp:") != std::string::npos);
        CHECK(text.ends_with(": all is well"));
    }
}
