// What is a stream, and what is not.

#include <weir/core/pipe.hpp>
#include <weir/core/poll.hpp>
#include <weir/core/stream.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/enumerate.hpp>
#include <weir/operators/filter.hpp>
#include <weir/operators/map.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/sources/generator.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

struct right {
    using value_type = int;
    template <class Sink>
    weir::poll_state poll(weir::poll_context&, Sink&& sink) {
        return sink(1) ? weir::poll_state::finished : weir::poll_state::paused;
    }
};
struct no_value_type {
    template <class Sink>
    weir::poll_state poll(weir::poll_context&, Sink&&) {
        return weir::poll_state::finished;
    }
};
struct reference_items : right {
    using value_type = int&;
};
struct pinned {
    pinned(pinned&&) = delete;
};
struct items_that_stay : right {
    using value_type = pinned;
};
struct no_poll {
    using value_type = int;
};
struct wrong_answer {
    using value_type = int;
    template <class Sink>
    bool poll(weir::poll_context&, Sink&&) {
        return true;
    }
};
struct const_context {
    using value_type = int;
    template <class Sink>
    weir::poll_state poll(const int&, Sink&&) {
        return weir::poll_state::finished;
    }
};
struct stays : right {
    stays(stays&&) = delete;
};

static_assert(weir::stream<right>);
static_assert(weir::stream<weir::any_stream<std::string>>);
static_assert(weir::stream<weir::generator<std::unique_ptr<int>>>);
static_assert(weir::stream<weir::receiver<int>>);
static_assert(weir::stream<weir::testing::script<int>::scripted_stream>);
static_assert(weir::stream<decltype(weir::from_range(std::vector<int>()) | weir::buffer(1))>);

static_assert(!weir::stream<int>);
static_assert(!weir::stream<std::vector<int>>);
static_assert(!weir::stream<no_value_type>);
static_assert(!weir::stream<reference_items>);
static_assert(!weir::stream<items_that_stay>);
static_assert(!weir::stream<no_poll>);
static_assert(!weir::stream<wrong_answer>);
static_assert(!weir::stream<const_context>);
static_assert(!weir::stream<stays>);

static_assert(std::same_as<weir::item_t<right&>, int>);
static_assert(weir::closure<decltype(weir::buffer(1))>);
static_assert(!weir::closure<right>);

}  // namespace

TEST_CASE("any type that obeys the protocol is a stream, without a base class") {
    CHECK(weir::testing::run(right() | weir::count()) == 1);
}

TEST_CASE("a new operator is a callable in a pipe, with what it is made of") {
    auto every_third = weir::pipe([](auto upstream) {
        auto third = [](const auto& x) { return x.first % 3 == 0; };
        auto item = [](auto x) { return x.second; };
        return std::move(upstream) | weir::enumerate() | weir::filter(third) | weir::map(item);
    });
    auto numbers = weir::from_range(std::vector{5, 6, 7, 8, 9});
    CHECK(weir::testing::run(std::move(numbers) | every_third | weir::to<std::vector>()) ==
          std::vector{5, 8});
}
