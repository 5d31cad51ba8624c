// A stream that was used again after it was moved from read freed memory (`from_range`), or called
// through a null pointer: what had been its items belonged to another.

#include <weir/channel/channel.hpp>
#include <weir/joins/merge.hpp>
#include <weir/joins/zip.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/sources/generator.hpp>
#include <weir/sources/using_resource.hpp>
#include <weir/testing/drive.hpp>

#include <doctest/doctest.h>
#include <support/polled.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

using texts = std::vector<std::string>;

auto some_texts() {
    return weir::from_range(texts{"long enough to live on the heap: the first", "and the second"});
}

weir::generator<std::string> yields_one() {
    co_yield std::string("one");
}

auto from_a_resource() {
    return weir::using_resource([] { return std::make_unique<texts>(texts{"one"}); },
                                [](std::unique_ptr<texts>& all) { return weir::from_range(*all); });
}

template <class Make>
void is_empty_when_moved_from(Make make) {
    auto first = make();
    const auto second = std::move(first);
    poll_by_hand poll;
    // NOLINTNEXTLINE(bugprone-use-after-move): that is the question
    const auto [state, item] = poll(first);
    CHECK(state == weir::poll_state::finished);
    CHECK_FALSE(item);
}

}  // namespace

TEST_CASE("a source that was moved from is empty, however it is polled") {
    is_empty_when_moved_from(some_texts);
    is_empty_when_moved_from(yields_one);
    is_empty_when_moved_from(from_a_resource);
    is_empty_when_moved_from([] { return weir::any_stream<std::string>(yields_one()); });
    is_empty_when_moved_from([] { return weir::any_stream<std::string>(); });
}

TEST_CASE("a range that was moved from in the middle is empty, and the rest is where it went") {
    auto first = some_texts();
    poll_by_hand poll;
    CHECK(poll(first).second);
    auto second = std::move(first);
    // NOLINTNEXTLINE(bugprone-use-after-move)
    CHECK(poll(first).first == weir::poll_state::finished);
    CHECK(poll(second).second == "and the second");
}

TEST_CASE("what takes over a stream says that it was moved from") {
    auto one = some_texts();
    auto other = weir::any_stream<std::string>(std::move(one));
    auto [tx, rx] = weir::channel<std::string>(1);
    auto to = std::move(rx);
    // NOLINTBEGIN(bugprone-use-after-move)
    CHECK_THROWS_AS(static_cast<void>(std::move(one) | weir::count()), std::logic_error);
    CHECK_THROWS_AS(weir::any_stream<std::string>(std::move(one)), std::logic_error);
    CHECK_THROWS_AS(weir::zip(std::move(other), std::move(one)), std::logic_error);
    CHECK_THROWS_AS(static_cast<void>(std::move(rx) | weir::count()), std::logic_error);
    std::vector<weir::any_stream<std::string>> streams;
    streams.push_back(yields_one());
    streams.push_back(std::move(streams.front()));
    CHECK_THROWS_AS(weir::merge(std::move(streams)), std::logic_error);
    // NOLINTEND(bugprone-use-after-move)
}

TEST_CASE("next() of a stream that was moved from says so") {
    asio::io_context io;
    auto one = some_texts();
    auto other = std::move(one);
    auto asked = start_next(io, one);  // NOLINT(bugprone-use-after-move)
    settle(io);
    CHECK_THROWS_AS(asked->get(), std::logic_error);
    auto item = start_next(io, other);
    settle(io);
    CHECK(item->get());
}

TEST_CASE("a stream that is given another one can be used again") {
    auto one = some_texts();
    auto other = std::move(one);
    one = some_texts();
    CHECK(run(std::move(one) | weir::count()) == 2);
    CHECK(run(std::move(other) | weir::count()) == 2);
}

TEST_CASE("a pipeline that is started twice says so") {
    asio::io_context io;
    auto both = some_texts() | weir::count();
    auto first = start(io, std::move(both));
    // NOLINTNEXTLINE(bugprone-use-after-move)
    CHECK_THROWS_AS(start(io, std::move(both)), std::logic_error);
    settle(io);
    CHECK(first->get() == 2);
}
