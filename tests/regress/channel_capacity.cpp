// A capacity near the largest number wrapped to a ring without places, which was then written to.

#include <weir/channel/channel.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/sources/from_range.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <vector>

TEST_CASE("a channel of a capacity that no memory can hold is refused") {
    const auto largest = std::size_t(-1);
    CHECK_THROWS_AS(weir::channel<int>(largest), std::length_error);
    CHECK_THROWS_AS(weir::channel<int>(largest / 2 + 2), std::length_error);
    CHECK_THROWS_AS(weir::from_range(std::vector{1}) | weir::buffer(largest), std::length_error);
}
