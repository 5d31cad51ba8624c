// The terminals of one item or none: reduce, first, last, discard.

#include <weir/core/asio.hpp>
#include <weir/core/stage.hpp>
#include <weir/operators/inspect.hpp>
#include <weir/sinks/discard.hpp>
#include <weir/sinks/first.hpp>
#include <weir/sinks/last.hpp>
#include <weir/sinks/reduce.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/interleave_pending.hpp>
#include <weir/testing/script.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <support/items.hpp>

#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

using namespace weir::testing;
using in = weir::any_stream<move_only>;

namespace {

script<move_only> scripted(std::initializer_list<int> items) {
    script<move_only> source;
    for (const int x : items) source.give(move_only(x));
    return source;
}

/// What `op` yields of the items, ready and late: the value of the item it found.
template <class Op>
std::optional<int> found(std::initializer_list<int> items, Op op) {
    const auto value = [](std::optional<move_only> x) {
        return x ? std::optional(x->value()) : std::nullopt;
    };
    script<move_only> ready = scripted(items).end();
    const auto of_ready = value(run(in(ready.stream()) | op));
    script<move_only> late = scripted(items).end();
    CHECK(value(run(in(interleave_pending(late.stream())) | op)) == of_ready);
    CHECK(ready.held() + late.held() == 0);
    return of_ready;
}

move_only subtract(move_only a, move_only b) {
    if (b.value() < 0) throw std::domain_error("negative");
    return move_only(a.value() - b.value());
}

auto difference() {
    return weir::reduce(subtract, "test");
}

}  // namespace

TEST_CASE("reduce joins the items, in order; one is itself and none is nothing") {
    CHECK(found({10, 3, 2}, difference()) == 5);
    CHECK(found({10}, difference()) == 10);
    CHECK(found({}, difference()) == std::nullopt);
}

TEST_CASE("first yields the first item and last the last, and of nothing nothing") {
    CHECK(found({10, 3, 2}, weir::first()) == 10);
    CHECK(found({}, weir::first()) == std::nullopt);
    CHECK(found({10, 3, 2}, weir::last()) == 2);
    CHECK(found({10}, weir::last()) == 10);
    CHECK(found({}, weir::last()) == std::nullopt);
}

TEST_CASE("first takes one item of upstream and lets go of it") {
    script<move_only> source = scripted({1, 2}).fail();
    CHECK(run(source.stream() | weir::first())->value() == 1);
    CHECK(source.left() == 1);
    CHECK(source.held() == 0);
}

TEST_CASE("discard runs a pipeline for what it does") {
    std::vector<int> seen;
    script<move_only> source = scripted({1, 2, 3}).end();
    auto look = [&seen](const move_only& x) { seen.push_back(x.value()); };
    run(interleave_pending(source.stream()) | weir::inspect(look) | weir::discard());
    CHECK(seen == std::vector{1, 2, 3});
}

TEST_CASE("a terminal throws what upstream throws, and reduce what its function throws") {
    const auto failing = [] { return in(scripted({1, 2}).fail().stream()); };
    CHECK_THROWS_AS(run(failing() | difference()), source_error);
    CHECK_THROWS_AS(run(failing() | weir::last()), source_error);
    CHECK_THROWS_AS(run(failing() | weir::discard()), source_error);
    script<move_only> negative = scripted({1, 2, -3});
    CHECK_THROWS_WITH_AS(run(negative.stream() | difference()), "reduce 'test': negative",
                         weir::stage_error);
}

TEST_CASE("a terminal that is cancelled lets go of upstream") {
    asio::io_context io;
    const auto cancel = [&io](auto terminal) {
        script<move_only> source = scripted({1, 2});
        asio::cancellation_signal stop;
        auto result = start(io, in(source.stream()) | std::move(terminal), stop.slot());
        settle(io);
        CHECK_FALSE(result->done);
        stop.emit(asio::cancellation_type::terminal);
        settle(io);
        CHECK(result->aborted());
        CHECK(source.held() == 0);
    };
    cancel(difference());
    cancel(weir::last());
    cancel(weir::discard());
}
