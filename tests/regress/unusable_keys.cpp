// Keys that do not equal themselves (NaN): group_by hung or crashed, interval_join crashed, and
// what remembers keys grew. All refuse them alike.

#include <weir/joins/interval_join.hpp>
#include <weir/joins/latest_join.hpp>
#include <weir/joins/lookup_join.hpp>
#include <weir/joins/merge_sorted.hpp>
#include <weir/operators/async_map_keyed.hpp>
#include <weir/operators/dedup_recent.hpp>
#include <weir/operators/enrich.hpp>
#include <weir/operators/group_by.hpp>
#include <weir/operators/map.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

using numbers = weir::any_stream<double>;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

numbers some(std::vector<double> xs) {
    return weir::from_range(std::move(xs));
}

double first(const std::pair<double, double>& x) {
    return x.first;
}

/// What `out` ends with, after how many items.
struct ending {
    std::size_t items = 0;
    std::string stage;
    std::string text;
    bool unusable = false;
};

ending end_of(numbers out) {
    ending seen;
    try {
        run(std::move(out) | weir::for_each([&seen](double) { ++seen.items; }));
    } catch (const weir::stage_error& e) {
        seen.stage = e.stage();
        seen.text = e.what();
        try {
            e.rethrow_cause();
        } catch (const weir::unusable_key_error&) {
            seen.unusable = true;
        } catch (...) {
        }
    }
    return seen;
}

/// The one rule: an item before it passes, and it ends the stream.
void check_refused(const std::string& stage, numbers out) {
    const ending seen = end_of(std::move(out));
    CHECK(seen.stage == stage);
    CHECK(seen.text == stage + ": a key does not equal itself (is it a NaN?)");
    CHECK(seen.unusable);
}

asio::awaitable<double> same(double x) {
    co_return x;
}

}  // namespace

TEST_CASE("whether a type's keys equal themselves is mostly known") {
    CHECK(weir::always_equals_itself<int>);
    CHECK(weir::always_equals_itself<std::string>);
    CHECK(weir::always_equals_itself<std::string_view>);
    CHECK(weir::always_equals_itself<std::pair<std::string, bool>>);
    CHECK(weir::always_equals_itself<std::tuple<int, char*>>);
    CHECK_FALSE(weir::always_equals_itself<double>);
    CHECK_FALSE(weir::always_equals_itself<std::pair<int, float>>);
    CHECK(weir::detail::equals_itself(1.0));
    CHECK_FALSE(weir::detail::equals_itself(not_a_number));
    CHECK_FALSE(weir::detail::equals_itself(std::pair(1, not_a_number)));
    CHECK_FALSE(weir::detail::equals_itself(std::vector{1.0, not_a_number}));
}

TEST_CASE("operators that keep something by key refuse a NaN") {
    const std::vector<double> in{1, 1, not_a_number, 2, not_a_number, not_a_number};
    auto id = std::identity();
    auto plain = [](double) { return weir::map(std::identity()); };
    check_refused("group_by", some(in) | weir::group_by(id, {.max_groups = 10}, plain));
    const weir::group_limits few{.max_groups = 1, .when_full = weir::overflow::end_oldest};
    check_refused("group_by 'few'", some(in) | weir::group_by(id, few, plain, "few"));
    check_refused("dedup_recent", some(in) | weir::dedup_recent(10));
    check_refused("async_map_keyed", some(in) | weir::async_map_keyed(4, id, same));
    auto take = [](double x, const double&) { return x; };
    check_refused("enrich", some(in) | weir::enrich(4, id, same, take));
    const weir::enrich_policy<> kept{.max_cached = 10};
    check_refused("enrich_unordered", some(in) | weir::enrich_unordered(4, id, same, take, kept));
}

TEST_CASE("joins refuse a key or a time that is a NaN") {
    auto value = weir::detail::join_side(std::identity(), std::identity());
    weir::interval_bounds<double> bounds{.max_items = 10};
    for (const bool left : {true, false}) {
        auto all = some({1, 2});
        auto odd = some({1, not_a_number});
        auto pairs = left ? numbers(std::move(odd) |
                                    weir::interval_join(std::move(all), value, value, bounds) |
                                    weir::map(first))
                          : numbers(std::move(all) |
                                    weir::interval_join(std::move(odd), value, value, bounds) |
                                    weir::map(first));
        check_refused("interval_join", std::move(pairs));
    }
    auto by_key = weir::detail::join_side(std::identity(), [](double) { return 1.0; });
    check_refused("interval_join", some({not_a_number}) |
                                       weir::interval_join(some({1}), by_key, by_key, bounds) |
                                       weir::map(first));
    bounds.before = not_a_number;
    CHECK_THROWS_AS(weir::interval_join(some({1}), value, value, bounds), std::invalid_argument);
    check_refused("merge_sorted",
                  weir::merge_sorted(std::identity(), some({1, 3}), some({2, not_a_number})));
}

TEST_CASE("a table takes no entry under a NaN, and has none for one") {
    using update = weir::table_update<double, int>;
    auto sum = [](double x, const int& n) { return x + n; };
    auto put = weir::from_range(std::vector{update::put(1, 1), update::put(not_a_number, 2)});
    check_refused("latest_join",
                  some({1}) | weir::latest_join(std::move(put), std::identity(), sum));
    weir::item_count missed;
    const absl::flat_hash_map<double, int> table{{1, 1}};
    const auto seen =
        end_of(some({1, not_a_number, 1}) |
               weir::lookup_join(table, std::identity(), sum, weir::missing::drop(missed)));
    CHECK(seen.items == 2);
    CHECK(missed.value() == 1);
}
