// parallel sits the exam of operators.

#include <weir/operators/filter.hpp>
#include <weir/operators/flat_map.hpp>
#include <weir/operators/parallel.hpp>
#include <weir/sources/any_stream.hpp>

#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/items.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

using namespace weir::testing;
using in = weir::any_stream<move_only>;
using out = weir::any_stream<std::string>;

namespace {

std::string text(move_only x) {
    return std::to_string(x.value());
}

}  // namespace

TEST_CASE("parallel passes on what its workers make of the items, as given") {
    for (const std::size_t workers : {1u, 3u}) {
        CAPTURE(workers);
        examine({.apply = [workers](in s, probe call) -> out {
                     auto f = [call](move_only x) { return call(), text(std::move(x)); };
                     return std::move(s) | weir::parallel(workers, f, "exam");
                 },
                 .input = {1, 2, 3, 4, 5},
                 .expected = {"1", "2", "3", "4", "5"},
                 .before_failure = {},
                 .filtered = {},
                 .stage = "parallel 'exam'"});
    }
}

TEST_CASE("parallel runs operators that drop items and make more of them") {
    examine({.apply = [](in s, probe call) -> out {
                 auto keep = [call](const move_only& x) { return call(), x.value() % 2 != 0; };
                 auto twice = [](move_only x) {
                     return std::vector<std::string>(2, text(std::move(x)));
                 };
                 auto all = weir::filter(keep, "exam") | weir::flat_map(twice);
                 return std::move(s) | weir::parallel(2, all);
             },
             .input = {1, 2, 3, 4, 6},
             .expected = {"1", "1", "3", "3"},
             .before_failure = {},
             .filtered = {2, 4},
             .stage = "filter 'exam'"});
}

TEST_CASE("parallel takes an executor to run its workers on") {
    examine({.apply = [](in s, probe call) -> out {
                 auto f = [call](move_only x) { return call(), text(std::move(x)); };
                 weir::parallel_options how;
                 how.executor = call.executor;
                 how.name = "exam";
                 return std::move(s) | weir::parallel(2, f, how);
             },
             .input = {1, 2, 3},
             .expected = {"1", "2", "3"},
             .before_failure = {},
             .filtered = {},
             .stage = "parallel 'exam'"});
}
