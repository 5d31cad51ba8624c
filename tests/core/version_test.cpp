// SPDX-License-Identifier: Apache-2.0
// The version of weir, which a program can ask for in three ways.

#include <weir/version.hpp>

#include <doctest/doctest.h>

#include <string>

TEST_CASE("the version as text, as numbers and of the library are the same") {
    const std::string numbers = std::to_string(WEIR_VERSION_MAJOR) + '.' +
                                std::to_string(WEIR_VERSION_MINOR) + '.' +
                                std::to_string(WEIR_VERSION_PATCH);
    CHECK(WEIR_VERSION_STRING == numbers);
    CHECK(weir::version == numbers);
    CHECK(weir::library_version() == numbers);
}

TEST_CASE("a newer version has a larger number") {
    static_assert(WEIR_VERSION_NUMBER >= 200);
    CHECK(WEIR_VERSION_NUMBER ==
          WEIR_VERSION_MAJOR * 10000 + WEIR_VERSION_MINOR * 100 + WEIR_VERSION_PATCH);
}
