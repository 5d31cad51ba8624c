// The graph of a pipeline lost the ends of channels that went into a join, and did not know the
// branches of a fan_out.

#include <weir/joins/combine_latest.hpp>
#include <weir/joins/concat.hpp>
#include <weir/joins/fan_out.hpp>
#include <weir/joins/interval_join.hpp>
#include <weir/joins/latest_join.hpp>
#include <weir/joins/merge.hpp>
#include <weir/joins/partition.hpp>
#include <weir/joins/zip.hpp>
#include <weir/operators/map.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/sinks/discard.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/into.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

using stream = weir::any_stream<int>;
using edges = std::vector<std::string>;

edges edges_of(const weir::pipeline& p) {
    edges found;
    for (const auto& c : p.graph().channels) {
        std::string edge = c.from;
        found.push_back(edge.append(" -> ").append(c.to).append(": ").append(c.name));
    }
    return found;
}

auto numbers() {
    return stream(weir::from_range(std::views::iota(0, 10)));
}

template <class Join>
edges joined(Join join) {
    asio::io_context io;
    weir::pipeline p("g", io.get_executor());
    auto [to_one, one] = p.channel<int>("one", 8);
    auto [to_two, two] = p.channel<int>("two", 8);
    p.add("a", numbers() | weir::into(std::move(to_one)));
    p.add("b", numbers() | weir::into(std::move(to_two)));
    p.add("both", join(std::move(one), std::move(two)) | weir::discard());
    bool over = false;
    p.run([&over](std::exception_ptr error) { over = !error; });
    settle(io);
    CHECK(over);
    return edges_of(p);
}

}  // namespace

TEST_CASE("channels that go into a join have both their ends") {
    const edges both{"a -> both: one", "b -> both: two"};
    CHECK(joined([](auto&& l, auto&& r) { return weir::merge(std::move(l), std::move(r)); }) ==
          both);
    CHECK(joined([](auto&& l, auto&& r) { return weir::zip(std::move(l), std::move(r)); }) == both);
    CHECK(joined([](auto&& l, auto&& r) { return weir::concat(std::move(l), std::move(r)); }) ==
          both);
    CHECK(joined([](auto&& l, auto&& r) {
              return weir::combine_latest(std::move(l), std::move(r));
          }) == both);
    CHECK(joined([](auto&& l, auto&& r) {
              std::vector<stream> all;
              all.emplace_back(std::move(l));
              all.emplace_back(std::move(r));
              return weir::merge(std::move(all));
          }) == both);
    CHECK(joined([](auto&& l, auto&& r) {
              auto side = weir::detail::join_side(std::identity(), std::identity());
              return std::move(l) |
                     weir::interval_join(std::move(r), side, side, {.max_items = 100});
          }) == both);
    CHECK(joined([](auto&& l, auto&& r) {
              auto update = [](int x) { return weir::table_update<int, int>::put(x, x); };
              auto sum = [](int x, int y) { return x + y; };
              return std::move(l) |
                     weir::latest_join(std::move(r) | weir::map(update), std::identity(), sum);
          }) == both);
}

TEST_CASE("the branches of a fan_out and of a partition are edges, with their ledgers") {
    asio::io_context io;
    weir::pipeline p("g", io.get_executor());
    weir::fan_out<int> all;
    auto first = all.branch(16);
    auto second = all.branch(2, weir::overflow::drop_newest);
    auto parts = weir::partition<int>([](int x) { return x % 2 == 0; });
    auto even = parts.branch(16);
    auto odd = parts.branch(16);
    p.add("left", std::move(first) | weir::into(std::move(parts)));
    p.add("right", weir::merge(std::move(second), std::move(odd)) | weir::discard());
    p.add("even", std::move(even) | weir::discard());
    p.add("feed", numbers() | weir::into(std::move(all)));
    const edges expected{"feed -> left: branch 1", "left -> even: branch 2",
                         "left -> right: branch 3", "feed -> right: branch 4"};
    CHECK(edges_of(p) == expected);
    p.run([](std::exception_ptr error) { CHECK_FALSE(error); });
    settle(io);
    std::uint64_t given = 0;
    for (const auto& c : p.graph().channels) {
        CAPTURE(c.name);
        CHECK(c.items.balanced());
        CHECK(c.items.in_flight == 0);
        given += c.items.in;
    }
    CHECK(given == 30);  // 10 into each branch of the one, 10 into those of the other
}

TEST_CASE("a branch that has nothing to do with a pipeline is not in its graph") {
    asio::io_context io;
    weir::fan_out<int> all;
    auto branch = all.branch(16);
    auto alone = std::move(branch) | weir::discard();
    auto feed = numbers() | weir::into(std::move(all));
    weir::pipeline p("g", io.get_executor());
    p.add("a", numbers() | weir::discard());
    p.add("b", numbers() | weir::discard());
    CHECK(p.graph().channels.empty());
}
