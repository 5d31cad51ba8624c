#include <weir/core/asio.hpp>
#include <weir/joins/interval_join.hpp>
#include <weir/joins/latest_join.hpp>
#include <weir/joins/switch_latest.hpp>
#include <weir/operators/filter.hpp>
#include <weir/operators/map.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <ranges>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

using update = weir::table_update<int, int>;

constexpr int many = 5'000;  // at 20 us each: a hundred turns of a segment

/// Streams that are always ready and cost something, and how far they were when others had gone by.
struct busy {
    int taken = 0;
    int taken_before_the_others = many;

    /// 0, 1, ... up to `many`, each of which takes 20 us, turned into something by `make`.
    template <class Make>
    auto stream(Make make) {
        auto slowly = [this, make](int n) {
            const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(20);
            while (std::chrono::steady_clock::now() < until) continue;
            ++taken;
            return make(n);
        };
        return weir::from_range(std::views::iota(0, many)) | weir::map(std::move(slowly));
    }
    auto updates() {
        return stream([](int n) { return n == 0 ? update::complete() : update::put(n % 3, n); });
    }

    /// Others, on the last of which the stream above should not make anybody wait long.
    auto others() {
        auto note = [this](int n) {
            taken_before_the_others = taken;
            return n % 3;
        };
        return weir::from_range(std::views::iota(0, 200)) | weir::map(std::move(note));
    }
};

template <class S>
void run_all(S stream) {
    run(std::move(stream) | weir::for_each([](const auto&) {}));
}

auto key_of = [](int n) { return n; };
auto only_the_first = [](int n) { return n == 0; };
auto ignore = [] { return weir::missing::drop(weir::item_count()); };
auto first_of = [](int n, int) { return n; };

}  // namespace

TEST_CASE("items do not wait for updates that take whole turns") {
    busy b;
    run_all(b.others() | weir::latest_join(b.updates(), key_of, first_of, ignore()));
    CHECK(b.taken_before_the_others < many / 2);
}

TEST_CASE("nor do items that two joins' updates keep waiting") {
    busy b;
    run_all(b.others() | weir::latest_join(b.updates(), key_of, first_of, ignore()) |
            weir::latest_join(b.updates(), key_of, first_of, ignore()));
    CHECK(b.taken_before_the_others < many / 2);
}

TEST_CASE(
    "the right side of an interval_join does not wait for a left one that takes whole turns") {
    busy b;
    auto same = [](int) { return 0; };
    auto time = [](int n) { return n; };
    run_all(b.stream(key_of) | weir::filter(only_the_first) |
            weir::interval_join(b.others(), weir::detail::join_side(same, time),
                                weir::detail::join_side(same, time),
                                {.before = many,
                                 .after = many,
                                 .max_items = 10,
                                 .when_full = weir::overflow::drop_oldest}));
    CHECK(b.taken_before_the_others < many / 2);
}

TEST_CASE("the newest stream does not wait while the search for a newer one takes whole turns") {
    busy b;
    auto newest = [&b](int) { return weir::any_stream<int>(b.others()); };
    run_all(b.stream(key_of) | weir::filter(only_the_first) | weir::map(newest) |
            weir::switch_latest());
    CHECK(b.taken_before_the_others < many / 2);
}
