// Failures of callables, and the names they come under.

#include <weir/core/stage.hpp>

#include <doctest/doctest.h>

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

weir::stage_error failure_of(weir::stage where) {
    auto f = [](int) -> int { throw std::out_of_range("too far"); };
    try {
        where.call(f, 1);
    } catch (const weir::stage_error& e) {
        return e;
    }
    throw std::logic_error("nothing was thrown");
}

}  // namespace

TEST_CASE("a stage_error says which stage failed and why") {
    CHECK(failure_of(weir::stage("map")).what() == std::string("map: too far"));
    CHECK(failure_of(weir::stage("map", "parse age")).what() ==
          std::string("map 'parse age': too far"));
    CHECK(failure_of(weir::stage("map", "parse age")).stage() == "map 'parse age'");
}

TEST_CASE("a stage_error keeps what was thrown") {
    const auto error = failure_of(weir::stage("map"));
    CHECK_THROWS_AS(error.rethrow_cause(), std::out_of_range);
    CHECK(error.cause() != nullptr);
}

TEST_CASE("what is thrown need not be a std::exception") {
    auto f = [] { throw 7; };
    CHECK_THROWS_WITH_AS(weir::stage("inspect").call(f),
                         "inspect: an exception that is not a std::exception", weir::stage_error);
}

TEST_CASE("a call that succeeds gives its result through, references too") {
    int x = 1;
    auto f = [&x]() -> int& { return x; };
    CHECK(&weir::stage("map").call(f) == &x);
    auto g = [](std::unique_ptr<int> p) noexcept { return p; };
    CHECK(*weir::stage("map").call(g, std::make_unique<int>(2)) == 2);
}

TEST_CASE("an error is described by its text") {
    CHECK(weir::describe(std::make_exception_ptr(std::runtime_error("gone"))) == "gone");
    CHECK(weir::describe(std::make_exception_ptr(1)) ==
          "an exception that is not a std::exception");
}
