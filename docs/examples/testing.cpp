// Tests a user's stream with each part of the kit, without a test framework.
#include <weir/core/asio.hpp>
#include <weir/core/pipe.hpp>
#include <weir/operators/batch.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/take.hpp>
#include <weir/runtime/pull.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/to.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/expect.hpp>
#include <weir/testing/fault_plan.hpp>
#include <weir/testing/for_seeds.hpp>
#include <weir/testing/interleave_pending.hpp>
#include <weir/testing/probe_sink.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/seeded_context.hpp>
#include <weir/testing/strict.hpp>
#include <weir/testing/suspend_at_random.hpp>
#include <weir/testing/virtual_timer.hpp>

#include <asio.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;

// [pairs]
// An operator to test: it joins neighbours in pairs and drops a last item without a neighbour.
template <class S>
class pairs_stream : public weir::pullable<pairs_stream<S>> {
public:
    using value_type = std::pair<weir::item_t<S>, weir::item_t<S>>;

    explicit pairs_stream(S upstream) : upstream_(std::move(upstream)) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        return upstream_.poll(cx, [&](weir::item_t<S>&& x) -> bool {
            if (!first_) {
                first_ = std::move(x);
                return true;
            }
            value_type pair(*std::exchange(first_, std::nullopt), std::move(x));
            return sink(std::move(pair));
        });
    }

private:
    S upstream_;
    std::optional<weir::item_t<S>> first_;
};

auto pairs() {
    return weir::pipe([](auto upstream) { return pairs_stream(std::move(upstream)); });
}
// [/pairs]

using pair_list = std::vector<std::pair<int, int>>;

// [forms]
void test_ready_and_suspended() {
    const pair_list expected{{1, 2}, {3, 4}};
    script<int> ready;
    ready.give({1, 2, 3, 4, 5}).end();
    expect(run(strict(ready.stream() | pairs()) | weir::to<std::vector>()) == expected,
           "input that is ready");

    script<int> late;
    late.give({1, 2, 3, 4, 5}).end();
    auto stream = strict(interleave_pending(late.stream()) | pairs());
    expect(run(std::move(stream) | weir::to<std::vector>()) == expected,
           "input that is waited for before each item");
    expect(late.held() == 0, "the source is let go of");
}
// [/forms]

// [probe]
void test_one_at_a_time() {
    asio::io_context io;
    script<int> source;
    probe_sink out(io, source.stream() | weir::map([](int x) { return 10 * x; }));
    out.expect_nothing();  // asks for an item, and none is there
    source.give({1, 2});
    out.expect(10);
    expect(source.left() == 1, "map asks for no more than it passes on");
    out.expect(20);
    source.fail();
    out.expect_error<source_error>();
}
// [/probe]

// [time]
void test_time() {
    asio::io_context io;
    auto time = virtual_clock::install(io);
    script<int> source;
    source.give({1, 2});
    probe_sink out(io, source.stream() | weir::batch(100, 50ms));
    out.expect_nothing();
    time->advance(50ms - 1ns);
    out.expect_nothing();
    time->advance(1ns);
    out.expect(std::vector{1, 2});
}
// [/time]

// [timer]
// Your own code that waits, written for any clock.
template <class Clock>
asio::awaitable<int> attempts(int most, std::chrono::seconds delay) {
    asio::basic_waitable_timer<Clock> timer(co_await asio::this_coro::executor);
    int n = 1;
    for (; n < most; ++n) {
        timer.expires_after(delay);
        co_await timer.async_wait(asio::use_awaitable);
    }
    co_return n;
}

void test_timer() {
    seeded_context ctx(1);
    auto result = spawn(ctx, attempts<virtual_time>(4, 60s));
    ctx.run();  // moves time when nothing else is left to do
    expect(result->get() == 4, "four attempts");
    expect(ctx.time().now().time_since_epoch() == 180s, "three minutes, in no time");
}
// [/timer]

// [scripted]
void test_scripted_times() {
    seeded_context ctx(1);
    script<int> source;
    source.give(1).pause().at(20ms).give({2, 3}).at(35ms).give(4).end();
    auto batches = start(ctx, source.stream() | weir::batch(10, 10ms) | weir::to<std::vector>());
    ctx.run();
    expect(batches->get() == std::vector<std::vector<int>>{{1}, {2, 3}, {4}}, "by time");
    expect(source.polls_after_end() == 0, "the source is not polled after its end");
}
// [/scripted]

// [seeds]
void test_under_seeds() {
    for_seeds(1'000, [](seeded_context& ctx) {
        seeded_random& dice = ctx.random();
        script<int> source;
        const auto n = dice.below(20);
        for (std::uint64_t i = 0; i < n; ++i) source.give(static_cast<int>(i));
        source.end();

        auto early = dice.below(12);
        auto stream = suspend_at_random(source.stream(), ctx) | pairs() | weir::buffer(2);
        auto result = start(ctx, suspend_at_random(std::move(stream), ctx) | weir::take(early) |
                                     weir::to<std::vector>());
        ctx.run();  // throws `deadlock_error` if a wake-up is missing

        const pair_list seen = result->get();
        expect(seen.size() == std::min(early, n / 2), "no pair is missing");
        for (std::size_t i = 0; i < seen.size(); ++i) {
            const int first = static_cast<int>(2 * i);
            expect(seen[i] == std::pair(first, first + 1), "in order, none twice");
        }
        expect(source.held() == 0, "everything is let go of");
    });
}
// [/seeds]

// [faults]
// A test double with a fault point: it keeps each batch unless that pass fails.
struct store {
    fault_plan faults;
    std::vector<int> rows;

    void write(const std::vector<int>& batch) {
        faults.pass("write");
        rows.insert(rows.end(), batch.begin(), batch.end());
    }
};

void test_faults() {
    const auto failures = for_each_fault("write", [](const fault_plan& plan) {
        store rows{plan, {}};
        script<int> source;
        source.give({1, 2, 3, 4, 5}).end();
        auto write = [&rows](const std::vector<int>& batch) { rows.write(batch); };
        bool failed = false;
        try {
            run(source.stream() | weir::batch(2) | weir::for_each(write, "write"));
        } catch (const weir::stage_error&) {
            failed = true;
        }
        expect(failed == (plan.thrown() == 1), "a failed write fails the pipeline");
        expect(rows.rows.size() == std::min<std::size_t>(5, 2 * (plan.passes("write") - failed)),
               "what was written before it stays");
        expect(source.held() == 0, "everything is let go of");
    });
    expect(failures == 3, "each of the three writes has failed once");
}
// [/faults]

int main() try {
    test_ready_and_suspended();
    test_one_at_a_time();
    test_time();
    test_timer();
    test_scripted_times();
    test_under_seeds();
    test_faults();
    std::cout << "all as expected\n";
    return 0;
} catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
}
