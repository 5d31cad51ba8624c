// Every sink with input that is ready, that must be waited for, and that comes at random; and what
// each does when its input fails.

#include <weir/channel/channel.hpp>
#include <weir/core/asio.hpp>
#include <weir/operators/map.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/into.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/expect.hpp>
#include <weir/testing/for_seeds.hpp>
#include <weir/testing/interleave_pending.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/strict.hpp>
#include <weir/testing/suspend_at_random.hpp>
#include <weir/testing/virtual_timer.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

using namespace weir::testing;
using in = weir::any_stream<int>;
using ints = std::vector<int>;

namespace {

const ints input{3, 1, 4, 1, 5, 9, 2, 6};

// A sink under test: starts on the context, and says what has arrived once that has run.
using arrived = std::function<ints()>;
using sink_test = std::function<arrived(seeded_context&, in)>;

enum class ending { end, failure };

in late(int kind, in s, seeded_context& ctx) {
    if (kind == 0) return s;
    if (kind == 1) return interleave_pending(std::move(s));
    return suspend_at_random(std::move(s), ctx);
}

void check(const sink_test& sink, const ints& expected) {
    for (int kind = 0; kind < 3; ++kind) {
        const auto body = [&](seeded_context& ctx) {
            script<int> ends;
            script<int> fails;
            for (const int x : input) {
                ends.give(int(x));
                fails.give(int(x));
            }
            ends.end();
            fails.fail();
            auto all = sink(ctx, strict(late(kind, ends.stream(), ctx)));
            auto none = sink(ctx, strict(late(kind, fails.stream(), ctx)));
            ctx.run();
            expect(all() == expected, "all that was sent has arrived");
            bool failed = false;
            try {
                none();
            } catch (const source_error&) {
                failed = true;
            }
            expect(failed, "the failure of the source comes out");
            expect(ends.held() + fails.held() == 0, "the sources are let go of");
        };
        CHECK_NOTHROW(for_seeds(kind == 2 ? 300 : 10, body));
    }
}

asio::awaitable<void> keep_late(std::shared_ptr<ints> seen, int x) {
    asio::basic_waitable_timer<virtual_time> t(co_await asio::this_coro::executor,
                                               std::chrono::milliseconds(x % 4));
    co_await t.async_wait(asio::use_awaitable);
    seen->push_back(x);
}

// A sink of one's own that takes its time: it is ready, and flushed, when virtual time has moved.
class slow_sink {
public:
    explicit slow_sink(std::shared_ptr<ints> to) : to_(std::move(to)) {}

    bool poll_ready(weir::poll_context& cx) { return passed(cx); }
    void push(int x) {
        to_->push_back(x);
        due_.reset();
    }
    bool poll_flush(weir::poll_context& cx) {
        if (!std::exchange(flushing_, true)) due_.reset();
        return passed(cx);
    }
    std::size_t result() { return to_->size(); }

private:
    bool passed(weir::poll_context& cx) {
        if (!due_) due_ = weir::clock_of(cx.executor()).now() + std::chrono::milliseconds(2);
        return alarm_.reached(cx, *due_);
    }
    std::shared_ptr<ints> to_;
    bool flushing_ = false;
    std::optional<weir::clock::time_point> due_;
    weir::alarm alarm_;
};

}  // namespace

TEST_CASE("count counts what is ready and what is late") {
    check(
        [](seeded_context& ctx, in s) {
            auto n = start(ctx, std::move(s) | weir::count());
            return [n] { return ints{static_cast<int>(n->get())}; };
        },
        {8});
}

TEST_CASE("fold takes what is ready and what is late") {
    check(
        [](seeded_context& ctx, in s) {
            auto sum = start(ctx, std::move(s) | weir::fold(0, std::plus<>()));
            return [sum] { return ints{sum->get()}; };
        },
        {31});
}

TEST_CASE("to collects what is ready and what is late") {
    check(
        [](seeded_context& ctx, in s) {
            auto all = start(ctx, std::move(s) | weir::to<std::vector>());
            return [all] { return all->get(); };
        },
        input);
    check(
        [](seeded_context& ctx, in s) {
            auto all = start(ctx, std::move(s) | weir::to<std::set>());
            return [all] {
                const std::set<int> sorted = all->get();
                return ints(sorted.begin(), sorted.end());
            };
        },
        {1, 2, 3, 4, 5, 6, 9});
}

TEST_CASE("for_each is called with what is ready and what is late") {
    check(
        [](seeded_context& ctx, in s) {
            auto seen = std::make_shared<ints>();
            auto keep = [seen](int x) { seen->push_back(x); };
            auto done = start(ctx, std::move(s) | weir::for_each(keep));
            return [done, seen] { return done->get(), *seen; };
        },
        input);
}

TEST_CASE("a coroutine of for_each is awaited for what is ready and what is late") {
    check(
        [](seeded_context& ctx, in s) {
            auto seen = std::make_shared<ints>();
            auto keep = [seen](int x) { return keep_late(seen, x); };
            auto done = start(ctx, std::move(s) | weir::for_each(keep));
            return [done, seen] { return done->get(), *seen; };
        },
        input);
}

TEST_CASE("into a channel goes what is ready and what is late") {
    check(
        [](seeded_context& ctx, in s) {
            auto ends = weir::channel<int>(2);
            auto sending = start(ctx, std::move(s) | weir::into(std::move(ends.sender)));
            auto received = start(
                ctx, suspend_at_random(std::move(ends.receiver), ctx) | weir::to<std::vector>());
            return [sending, received] { return sending->get(), received->get(); };
        },
        input);
}

TEST_CASE("into a sink goes what is ready and what is late") {
    check(
        [](seeded_context& ctx, in s) {
            auto seen = std::make_shared<ints>();
            auto n = start(ctx, std::move(s) | weir::into(slow_sink(seen)));
            return [n, seen] {
                expect(n->get() == seen->size(), "the sink's result is the terminal's");
                return *seen;
            };
        },
        input);
}
