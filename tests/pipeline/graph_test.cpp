// The graph of a pipeline, as data.

#include <weir/operators/batch.hpp>
#include <weir/operators/filter.hpp>
#include <weir/operators/map.hpp>
#include <weir/sources/from_range.hpp>

#include <doctest/doctest.h>

#include <ranges>

#include "support.hpp"

using namespace weir::testing;

namespace {

// read -> numbers -> work -> batches -> write
struct graph_fixture : pipeline_fixture {
    std::vector<std::vector<int>> seen;

    graph_fixture() {
        auto [to_work, numbers] = p.channel<int>("numbers", 8);
        auto [to_write, batches] = p.channel<std::vector<int>>("batches", 2);
        p.add("read", weir::from_range(std::views::iota(1, 11)) | p.source("iota") |
                          weir::into(std::move(to_work)));
        auto odd = weir::filter([](int x) { return x % 2 == 1; });
        p.add("work", std::move(numbers) | p.stage("odd", odd) |
                          p.stage("in threes", weir::batch(3)) | weir::into(std::move(to_write)));
        p.add("write", std::move(batches) | collect(seen));
    }
};

}  // namespace

TEST_CASE("the graph is known before the pipeline runs") {
    graph_fixture f;
    CHECK(weir::to_dot(f.p.graph(), false) == R"dot(digraph "load" {
  rankdir=LR;
  node [shape=box];
  "read" [label="read\niota"];
  "work" [label="work\nodd\nin threes"];
  "write" [label="write"];
  "read" -> "work" [label="numbers (8)"];
  "work" -> "write" [label="batches (2)"];
}
)dot");
}

TEST_CASE("the graph shows the ledgers, and the same run the same text") {
    for (int i = 0; i < 2; ++i) {
        graph_fixture f;
        f.run()->get();
        CHECK(weir::to_dot(f.p.graph()) == R"dot(digraph "load" {
  rankdir=LR;
  node [shape=box];
  "read" [label="read\niota: 10 in, 10 out"];
  "work" [label="work\nodd: 10 in, 5 out, 5 filtered\nin threes: 5 in, 5 out"];
  "write" [label="write"];
  "read" -> "work" [label="numbers (8): 10 in, 10 out"];
  "work" -> "write" [label="batches (2): 2 in, 2 out"];
}
)dot");
    }
}

TEST_CASE("names are quoted in the text") {
    asio::io_context io;
    weir::pipeline p("a \"b\"\\", io.get_executor());
    CHECK(weir::to_dot(p.graph()) ==
          "digraph \"a \\\"b\\\"\\\\\" {\n  rankdir=LR;\n  node [shape=box];\n}\n");
}

TEST_CASE("stages of a segment that makes its operation anew are its own") {
    pipeline_fixture f;
    std::vector<int> seen;
    auto all = [&] {
        return weir::from_range(std::vector{1, 2}) | f.p.source("numbers") |
               f.p.stage("same", weir::map(std::identity())) | collect(seen);
    };
    f.p.add("feed", weir::restart{}, all);
    f.p.add("other", script<int>().end().stream() | collect(seen));
    f.run()->get();
    const auto g = f.p.graph();
    REQUIRE(g.segments.size() == 2);
    REQUIRE(g.segments[0].stages.size() == 2);
    CHECK(g.segments[0].stages[0].name == "numbers");
    CHECK(g.segments[0].stages[0].role == weir::stage_role::source);
    CHECK(g.segments[0].stages[1].role == weir::stage_role::stage);
    CHECK(g.segments[1].stages.empty());
}
