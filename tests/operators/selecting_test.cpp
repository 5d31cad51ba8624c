// The steps that choose items, or add some: skip_while, step_by, take_last, dedup_recent,
// start_with, default_if_empty, intersperse.

#include <weir/operators/dedup.hpp>
#include <weir/operators/dedup_recent.hpp>
#include <weir/operators/default_if_empty.hpp>
#include <weir/operators/intersperse.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/skip_while.hpp>
#include <weir/operators/start_with.hpp>
#include <weir/operators/step_by.hpp>
#include <weir/operators/take.hpp>
#include <weir/operators/take_last.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/items.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace weir::testing;
using in = weir::any_stream<move_only>;
using texts = std::vector<std::string>;

namespace {

std::string text(move_only x) {
    return std::to_string(x.value());
}

/// What becomes of `items`.
template <class Op>
texts of(std::initializer_list<std::string> items, Op op) {
    script<std::string> source;
    source.give(items).end();
    return run(weir::any_stream<std::string>(source.stream()) | std::move(op) |
               weir::to<std::vector>());
}

}  // namespace

TEST_CASE("skip_while drops items up to the first that its predicate dislikes") {
    examine({.apply =
                 [](in s, probe call) {
                     auto small = [call](const move_only& x) { return call(), x.value() < 3; };
                     return std::move(s) | weir::skip_while(small, "exam") | weir::map(text);
                 },
             .input = {1, 2, 3, 1, 2},
             .expected = {"3", "1", "2"},
             .before_failure = {},
             .filtered = {1, 2, 1},
             .stage = "skip_while 'exam'"});
}

TEST_CASE("skip_while does not ask its predicate again") {
    int asked = 0;
    auto f = [&asked](const std::string& s) { return ++asked, s == "a"; };
    CHECK(of({"a", "a", "b", "a"}, weir::skip_while(f)) == texts{"b", "a"});
    CHECK(asked == 3);
}

TEST_CASE("step_by passes on every n-th item, and the first") {
    examine({.apply = [](in s, probe) { return std::move(s) | weir::step_by(3) | weir::map(text); },
             .input = {1, 2, 3, 4, 5, 6, 7, 8},
             .expected = {"1", "4", "7"},
             .before_failure = {},
             .filtered = {},
             .stage = {}});
    CHECK(of({"a", "b", "c"}, weir::step_by(1)) == texts{"a", "b", "c"});
    CHECK_THROWS_AS(weir::step_by(0), std::invalid_argument);
}

TEST_CASE("take_last passes on the last n items when the end has come") {
    examine(
        {.apply = [](in s, probe) { return std::move(s) | weir::take_last(3) | weir::map(text); },
         .input = {1, 2, 3, 4, 5, 6, 7, 8},
         .expected = {"6", "7", "8"},
         .before_failure = texts(),
         .filtered = {},
         .stage = {}});
    CHECK(of({"a", "b"}, weir::take_last(3)) == texts{"a", "b"});
    CHECK(of({"a", "b", "c", "d"}, weir::take_last(4)) == texts{"a", "b", "c", "d"});
    CHECK_THROWS_AS(weir::take_last(0), std::invalid_argument);
}

TEST_CASE("dedup_recent drops an item whose key is among the last n that went on") {
    examine({.apply =
                 [](in s, probe call) {
                     auto tens = [call](const move_only& x) { return call(), x.value() / 10; };
                     return std::move(s) | weir::dedup_recent(2, tens, "exam") | weir::map(text);
                 },
             // 1 is forgotten when 3 has come, for all that it was seen again before.
             .input = {10, 20, 11, 21, 30, 12, 31, 22},
             .expected = {"10", "20", "30", "12", "22"},
             .before_failure = {},
             .filtered = {},
             .stage = "dedup_recent 'exam'"});
    CHECK_THROWS_AS(weir::dedup_recent(0), std::invalid_argument);
}

TEST_CASE("a key that is a view is kept as a string of its own") {
    const std::string many(40, 'x');  // too long to live inside its object
    auto view = [](const std::string& s) { return std::string_view(s).substr(1); };
    CHECK(of({"1" + many, "2" + many, "3y", "4" + many}, weir::dedup_recent(2, view)) ==
          texts{"1" + many, "3y"});
    CHECK(of({"1" + many, "2" + many, "3y", "4" + many}, weir::dedup(view)) ==
          texts{"1" + many, "3y", "4" + many});
}

TEST_CASE("start_with passes on its own items first, then those that come") {
    examine({.apply =
                 [](in s, probe) {
                     return std::move(s) | weir::start_with(move_only(8), move_only(9)) |
                            weir::map(text);
                 },
             .input = {1, 2},
             .expected = {"8", "9", "1", "2"},
             .before_failure = {},
             .filtered = {},
             .stage = {},
             .of_nothing = {"8", "9"}});
}

TEST_CASE("start_with does not poll upstream before its own items have gone") {
    script<std::string> source;
    auto first = source.stream() | weir::start_with("a", "b") | weir::take(2);
    CHECK(run(std::move(first) | weir::to<std::vector>()) == texts{"a", "b"});
    CHECK(source.polls() == 0);
}

TEST_CASE("default_if_empty passes on its value where nothing comes") {
    const operator_exam exam{.apply =
                                 [](in s, probe) {
                                     return std::move(s) | weir::default_if_empty(move_only(9)) |
                                            weir::map(text);
                                 },
                             .input = {1, 2},
                             .expected = {"1", "2"},
                             .before_failure = {},
                             .filtered = {},
                             .stage = {},
                             .of_nothing = {"9"}};
    examine(exam);
    operator_exam nothing_comes = exam;
    nothing_comes.input = {};
    nothing_comes.expected = {"9"};
    nothing_comes.before_failure = texts();
    examine(nothing_comes);
}

TEST_CASE("intersperse puts what its function makes between neighbours") {
    examine({.apply =
                 [](in s, probe call) {
                     auto dash = [call] { return call(), move_only(0); };
                     return std::move(s) | weir::intersperse(dash, "exam") | weir::map(text);
                 },
             .input = {1, 2, 3},
             .expected = {"1", "0", "2", "0", "3"},
             .before_failure = {},
             .filtered = {},
             .stage = "intersperse 'exam'"});
}

TEST_CASE("intersperse copies a separator that is a value") {
    CHECK(of({"a", "b", "c"}, weir::intersperse(",")) == texts{"a", ",", "b", ",", "c"});
    CHECK(of({"a"}, weir::intersperse(",")) == texts{"a"});
}
