// The exam, for the joins of many streams: one of their inputs is the source under examination.

#include <weir/joins/combine_latest.hpp>
#include <weir/joins/concat.hpp>
#include <weir/joins/merge_sorted.hpp>
#include <weir/joins/race.hpp>
#include <weir/joins/switch_latest.hpp>
#include <weir/joins/zip.hpp>
#include <weir/operators/filter.hpp>

#include <doctest/doctest.h>
#include <joins/support.hpp>
#include <support/exam.hpp>

#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace weir::testing;
using in = weir::any_stream<move_only>;
using out = weir::any_stream<std::string>;

namespace {

void exam_of(out (*apply)(in), std::vector<std::string> expected, bool ends_by_itself = false) {
    examine({.apply = [apply](in s, probe) { return apply(std::move(s)); },
             .input = {1, 2, 3, 4},
             .expected = std::move(expected),
             .before_failure = {},
             .filtered = {},
             .stage = {},
             .ends_by_itself = ends_by_itself});
}

const std::vector<std::string> all{"1", "2", "3", "4"};

std::string pair_text(std::tuple<move_only, move_only> x) {
    return text_of(std::move(std::get<0>(x))) + text_of(std::move(std::get<1>(x)));
}

int plain(move_only x) {
    return x.value();
}

}  // namespace

TEST_CASE("zip with a longer stream, from either side") {
    exam_of(
        [](in s) {
            return out(weir::zip(std::move(s), numbers({6, 7, 8, 9, 9})) | weir::map(pair_text));
        },
        {"16", "27", "38", "49"});
    exam_of(
        [](in s) {
            return out(weir::zip(numbers({6, 7, 8, 9, 9}), std::move(s)) | weir::map(pair_text));
        },
        {"61", "72", "83", "94"});
}

TEST_CASE("zip with a shorter stream ends by itself") {
    exam_of(
        [](in s) { return out(weir::zip(std::move(s), numbers({6, 7})) | weir::map(pair_text)); },
        {"16", "27"}, true);
}

TEST_CASE("zip of a vector") {
    auto both = [](in s) {
        auto text = [](std::vector<move_only> x) {
            return text_of(std::move(x[0])) + text_of(std::move(x[1]));
        };
        return out(weir::zip(listed(numbers({6, 7, 8, 9, 9}), std::move(s))) | weir::map(text));
    };
    exam_of(both, {"61", "72", "83", "94"});
}

TEST_CASE("concat with an empty stream, before or behind") {
    exam_of([](in s) { return out(weir::concat(std::move(s), numbers({})) | weir::map(text_of)); },
            all);
    exam_of(
        [](in s) {
            return out(weir::concat(listed(numbers({}), std::move(s))) | weir::map(text_of));
        },
        all);
}

TEST_CASE("combine_latest with a stream of one item") {
    auto both = [](in s) {
        auto text = [](std::tuple<int, int> x) {
            return std::to_string(std::get<0>(x)) + std::to_string(std::get<1>(x));
        };
        return out(weir::combine_latest(std::move(s) | weir::map(plain),
                                        weir::from_range(std::vector{0})) |
                   weir::map(text));
    };
    exam_of(both, {"10", "20", "30", "40"});
}

TEST_CASE("race with a stream that ends without an item") {
    exam_of([](in s) { return out(weir::race(numbers({}), std::move(s)) | weir::map(text_of)); },
            all);
    exam_of(
        [](in s) {
            return out(weir::race(listed(std::move(s), numbers({}))) | weir::map(text_of));
        },
        all);
}

TEST_CASE("switch_latest of a single stream") {
    auto only = [](in s) {
        std::vector<in> one;
        one.push_back(std::move(s));
        return out(weir::from_range(std::move(one)) | weir::switch_latest() | weir::map(text_of));
    };
    exam_of(only, all);
}

TEST_CASE("merge_sorted of a stream and a first and a last item") {
    auto apply = [](in s, probe call) {
        auto key = [call](const move_only& x) { return call(), x.value(); };
        auto between = [](const move_only& x) { return x.value() != 0 && x.value() != 9; };
        auto sorted = weir::merge_sorted(key, std::move(s), numbers({0, 9}));
        return std::move(sorted) | weir::filter(between) | weir::map(text_of);
    };
    examine({.apply = apply,
             .input = {1, 2, 3, 4},
             .expected = all,
             .before_failure = {},
             .filtered = {},
             .stage = "merge_sorted"});
}
