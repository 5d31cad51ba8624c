// The boundaries: buffer and on.

#include <weir/operators/buffer.hpp>
#include <weir/operators/map.hpp>

#include <doctest/doctest.h>
#include <support/exam.hpp>

#include <string>
#include <utility>

using weir::testing::examine;
using weir::testing::move_only;
using weir::testing::probe;
using in = weir::any_stream<move_only>;

TEST_CASE("buffer lets everything through, in order, behind a task of its own") {
    for (const std::size_t capacity : {1u, 2u, 100u}) {
        CAPTURE(capacity);
        examine({.apply =
                     [capacity](in s, probe call) {
                         auto f = [call](move_only x) { return call(), std::to_string(x.value()); };
                         return std::move(s) | weir::map(f, "exam") | weir::buffer(capacity);
                     },
                 .input = {1, 2, 3, 4, 5},
                 .expected = {"1", "2", "3", "4", "5"},
                 .before_failure = {},
                 .filtered = {},
                 .stage = "map 'exam'"});
    }
}
