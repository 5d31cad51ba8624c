// merge and merge_preferred: the exam, fairness, and who is polled when.

#include <weir/channel/channel.hpp>
#include <weir/joins/merge.hpp>
#include <weir/joins/merge_preferred.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/interleave_pending.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>
#include <joins/support.hpp>
#include <support/exam.hpp>
#include <support/polled.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace weir::testing;
using in = weir::any_stream<move_only>;
using ints = std::vector<int>;

namespace {

operator_exam passes_all(std::function<weir::any_stream<std::string>(in, probe)> apply) {
    return {.apply = std::move(apply),
            .input = {1, 2, 3, 4},
            .expected = {"1", "2", "3", "4"},
            .before_failure = {},
            .filtered = {},
            .stage = {}};
}

/// Takes `n` items of `s` one by one, none of which needs to be waited for.
template <class S>
ints pull_some(S& s, std::size_t n) {
    poll_by_hand poll;
    ints seen;
    while (seen.size() < n) {
        auto [state, item] = poll(s);
        REQUIRE(item);
        seen.push_back(*item);
    }
    return seen;
}

template <class S>
ints collect(S s) {
    ints seen;
    run(std::move(s) | weir::for_each([&seen](int x) { seen.push_back(x); }));
    return seen;
}

auto sevens(int n) {
    return weir::from_range(ints(std::size_t(n), 7));
}
auto eights(int n) {
    return weir::from_range(ints(std::size_t(n), 8));
}

/// Some scripted streams, merged, and what comes out.
struct fixture {
    explicit fixture(std::size_t k, bool preferred = false) : scripts(k) {
        std::vector<script<int>::scripted_stream> streams;
        for (auto& s : scripts) streams.push_back(s.stream());
        auto collect = weir::for_each([this](int x) {
            seen.push_back(x);
            if (on_item) on_item(x);
        });
        if (preferred) {
            result = start(io, weir::merge_preferred(std::move(streams)) | std::move(collect));
        } else {
            result = start(io, weir::merge(std::move(streams)) | std::move(collect));
        }
        result->on_completion = [this] {
            for (auto& s : scripts) held_at_completion += s.held();
        };
    }

    asio::io_context io;
    std::vector<script<int>> scripts;
    ints seen;
    std::function<void(int)> on_item;
    std::shared_ptr<outcome<void>> result;
    int held_at_completion = 0;
};

}  // namespace

TEST_CASE("merge of one stream and an empty one passes on all of the first") {
    examine(passes_all(
        [](in s, probe) { return weir::merge(std::move(s), numbers({})) | weir::map(text_of); }));
    examine(passes_all([](in s, probe) {
        return weir::merge(listed(numbers({}), std::move(s))) | weir::map(text_of);
    }));
}

TEST_CASE("merge_preferred of one stream and an empty one passes on all of the first") {
    examine(passes_all([](in s, probe) {
        return weir::merge_preferred(std::move(s), numbers({})) | weir::map(text_of);
    }));
    examine(passes_all([](in s, probe) {
        return weir::merge_preferred(listed(numbers({}), std::move(s))) | weir::map(text_of);
    }));
}

TEST_CASE("a merge of no streams ends at once") {
    CHECK(collect(weir::merge(std::vector<weir::any_stream<int>>())).empty());
}

TEST_CASE("inputs that are always ready take turns, a run each") {
    const ints expected{7, 7, 8, 8, 7, 8, 8, 8};
    CHECK(collect(weir::merge(weir::chunk_bound(2), sevens(3), eights(5))) == expected);
    CHECK_THROWS_AS(weir::chunk_bound(0), std::invalid_argument);
}

TEST_CASE("a run is 64 items where nothing else is said") {
    const ints seen = collect(weir::merge(sevens(128), eights(128)));
    REQUIRE(seen.size() == 256);
    for (std::size_t i = 0; i < 256; ++i) CHECK(seen[i] == (i / 64 % 2 == 0 ? 7 : 8));
}

TEST_CASE("pulled item by item, inputs take turns item by item") {
    auto merged = weir::merge(sevens(3), eights(3));
    CHECK(pull_some(merged, 6) == ints{7, 8, 7, 8, 7, 8});
}

TEST_CASE("more than 64 inputs take turns too") {
    std::vector<weir::any_stream<int>> many;
    ints expected;
    for (int i = 0; i < 130; ++i) {
        many.push_back(weir::from_range(ints{i, i}));
        expected.push_back(i);
    }
    auto merged = weir::merge(std::move(many));
    CHECK(pull_some(merged, 130) == expected);
    CHECK(pull_some(merged, 130) == expected);
}

TEST_CASE("a wake-up polls the input that was woken, and no other") {
    fixture f(3);
    settle(f.io);
    const auto before = f.scripts[0].polls();
    for (int i = 0; i < 10; ++i) {
        f.scripts[1].give(i);
        settle(f.io);
    }
    CHECK(f.seen.size() == 10);
    CHECK(f.scripts[0].polls() == before);
    CHECK(f.scripts[2].polls() == before);
}

TEST_CASE("an input that gets something while another is busy has its turn after a run") {
    fixture f(2);
    settle(f.io);
    for (int i = 0; i < 200; ++i) f.scripts[0].give(i);
    f.on_item = [&f](int x) {
        if (x == 10) f.scripts[1].give(-1);
    };
    settle(f.io);
    REQUIRE(f.seen.size() == 201);
    CHECK(f.seen[64] == -1);
}

TEST_CASE("when one input fails the others are destroyed before the pipeline completes") {
    fixture f(3);
    f.scripts[0].give(1);
    settle(f.io);
    f.scripts[1].fail();
    settle(f.io);
    REQUIRE(f.result->done);
    CHECK_THROWS_AS(f.result->get(), source_error);
    CHECK(f.held_at_completion == 0);
}

TEST_CASE("an input is destroyed when it ends, and the merge ends with the last") {
    fixture f(2);
    f.scripts[0].give(1).end();
    settle(f.io);
    CHECK(f.scripts[0].held() == 0);
    CHECK_FALSE(f.result->done);
    f.scripts[1].give(2).end();
    settle(f.io);
    CHECK(f.result->done);
    CHECK(f.seen == ints{1, 2});
}

TEST_CASE("the waker of the latest poll is the one that is woken") {
    auto first = weir::channel<int>(1), second = weir::channel<int>(1);
    auto merged = weir::merge(std::move(first.receiver), std::move(second.receiver));
    poll_by_hand before, after;
    CHECK(before(merged).first == weir::poll_state::pending);
    CHECK(after(merged).first == weir::poll_state::pending);
    second.sender.try_send(1);
    CHECK(before.woken() == 0);
    CHECK(after.woken() == 1);
}

TEST_CASE("a stream that lets others run between two items lets them run in a merge") {
    auto other = weir::channel<int>(1);
    auto merged = weir::merge(interleave_pending(sevens(3)), std::move(other.receiver));
    poll_by_hand poll;
    for (int i = 0; i < 3; ++i) {
        std::optional<int> item;
        int turns = 0;
        while (!item) {
            const int woken = poll.woken();
            auto [state, found] = poll(merged);
            item = found;
            REQUIRE((item || poll.woken() > woken));  // it asks to be polled again
            REQUIRE(++turns < 5);
        }
        CHECK(*item == 7);
    }
}

TEST_CASE("merge_preferred takes from a later stream only when the earlier ones have nothing") {
    CHECK(collect(weir::merge_preferred(sevens(2), eights(3))) == ints{7, 7, 8, 8, 8});
    fixture f(3, true);
    f.on_item = [&f](int x) {
        if (x == 30) f.scripts[0].give({1, 2});
        if (x == 31) f.scripts[1].give(20);
        if (x == 20) f.scripts[0].give(3);
    };
    f.scripts[2].give({30, 31, 32});
    settle(f.io);
    CHECK(f.seen == ints{30, 1, 2, 31, 20, 3, 32});
}

TEST_CASE("pulled item by item, the preferred stream is asked first each time") {
    auto merged = weir::merge_preferred(sevens(2), eights(2));
    CHECK(pull_some(merged, 4) == ints{7, 7, 8, 8});
}
