// Many senders, many receivers, several threads: every item once, in order, and nobody sleeps for
// ever. A hang shows as the time limit of the test program.

#include <weir/channel/shared_channel.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/map.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/into.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/expect.hpp>
#include <weir/testing/for_seeds.hpp>

#include <doctest/doctest.h>
#include <support/sanitized.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <future>
#include <ranges>
#include <thread>
#include <utility>
#include <vector>

#include "kinds.hpp"

using namespace weir::testing;

namespace {

constexpr int scale = int(slower_when_sanitized);

struct item {
    int sender;
    int number;
};

// What one receiver has seen: each sender's items must come in order.
class arrivals {
public:
    explicit arrivals(int senders) : last_(std::size_t(senders), -1) {}
    void note(item x) {
        auto& last = last_[std::size_t(x.sender)];
        in_order_ = in_order_ && x.number > last;
        last = x.number;
        seen_.push_back(x);
    }
    bool in_order() const { return in_order_; }
    const std::vector<item>& seen() const { return seen_; }

private:
    std::vector<int> last_;
    std::vector<item> seen_;
    bool in_order_ = true;
};

// True when the logs together have every item of every sender once.
bool complete(const std::vector<arrivals>& logs, int senders, int each) {
    std::vector<int> times(std::size_t(senders) * std::size_t(each));
    for (const arrivals& l : logs) {
        if (!l.in_order()) return false;
        for (const item x : l.seen()) {
            ++times[std::size_t(x.sender) * std::size_t(each) + std::size_t(x.number)];
        }
    }
    return std::ranges::all_of(times, [](int n) { return n == 1; });
}

template <class Sender>
asio::awaitable<void> send_each(Sender tx, int sender, int each) {
    for (int i = 0; i < each; ++i) {
        if (i % 3 == 0 && tx.try_send(item{sender, i})) continue;
        item x{sender, i};
        co_await tx.send(x);
    }
}

template <class Receiver>
asio::awaitable<void> receive_each(Receiver rx, arrivals& to) {
    for (;;) {
        if (auto x = rx.try_receive()) to.note(*x);
        auto x = co_await rx.receive();
        if (!x) co_return;
        to.note(*x);
    }
}

template <class Sender>
auto send_run(Sender tx, int sender, int each) {
    auto number = [sender](int i) { return item{sender, i}; };
    return weir::from_range(std::views::iota(0, each)) | weir::map(number) |
           weir::into(std::move(tx));
}

template <class Receiver>
auto receive_run(Receiver rx, arrivals& to) {
    return std::move(rx) | weir::for_each([&to](item x) { to.note(x); });
}

// Starts all on `context`, each way in turn; `done` is told of every end.
template <class Context, class Ends, class Done>
void start_all(Context& context, Ends ends, std::vector<arrivals>& logs, int senders, int each,
               unsigned how, Done done) {
    auto strand = [&context] {
        return asio::any_io_executor(asio::make_strand(context.get_executor()));
    };
    for (int i = 0; i < senders; ++i) {
        auto on = asio::bind_executor(strand(), done);
        if ((how >> i) % 2 == 0) {
            send_run(ends.sender, i, each)(on);
        } else {
            asio::co_spawn(strand(), send_each(ends.sender, i, each), done);
        }
    }
    for (std::size_t i = 0; i < logs.size(); ++i) {
        auto rx = i + 1 == logs.size() ? std::move(ends.receiver) : ends.receiver;
        if ((how >> (i + 4)) % 2 == 0) {
            auto on = asio::bind_executor(strand(), done);
            receive_run(std::move(rx), logs[i])(on);
        } else {
            asio::co_spawn(strand(), receive_each(std::move(rx), logs[i]), done);
        }
    }
}

}  // namespace

TEST_CASE("tasks and pipelines, any number on either side: every item once, in order") {
    weir::runtime threads(3);
    unsigned how = 0;
    for (const std::size_t capacity : {1u, 2u, 5u, 64u, 1024u}) {
        for (const int senders : {1, 2, 4}) {
            for (const std::size_t receivers : {1u, 2u, 4u}) {
                how = how * 5 + 3;
                CAPTURE(capacity);
                CAPTURE(senders);
                CAPTURE(receivers);
                CAPTURE(how);
                const int each = (capacity < 64 ? 2'000 : 20'000) / scale;
                std::vector<arrivals> logs(receivers, arrivals(senders));
                std::atomic<int> failures{0};
                std::promise<void> over;
                std::atomic<int> left{senders + int(receivers)};
                auto done = [&](std::exception_ptr e) {
                    if (e) ++failures;
                    if (--left == 0) over.set_value();
                };
                start_all(threads.context(), weir::mpmc_channel<item>(capacity), logs, senders,
                          each, how, done);
                over.get_future().wait();
                CHECK(failures == 0);
                CHECK(complete(logs, senders, each));
            }
        }
    }
}

TEST_CASE("plain threads on both sides: every item once, in order") {
    for (const std::size_t capacity : {1u, 3u, 64u}) {
        CAPTURE(capacity);
        constexpr int each = 5'000 / scale;
        std::vector<arrivals> logs(2, arrivals(3));
        {
            auto ends = weir::mpmc_channel<item>(capacity);
            std::vector<std::jthread> running;
            for (int i = 0; i < 3; ++i) {
                running.emplace_back([tx = ends.sender, i]() mutable {
                    for (int n = 0; n < each; ++n) tx.blocking_send(item{i, n});
                });
            }
            for (arrivals& l : logs) {
                running.emplace_back([rx = ends.receiver, &l]() mutable {
                    while (auto x = rx.blocking_receive()) l.note(*x);
                });
            }
            ends.sender.leave();
        }
        CHECK(complete(logs, 3, each));
    }
}

TEST_CASE("any number of tasks and pipelines in any order of turns: every item once, in order") {
    for_seeds(1'000, [](seeded_context& ctx) {
        const int senders = 1 + int(ctx.seed() % 4);
        const std::size_t receivers = 1 + ctx.seed() / 4 % 3;
        const std::size_t capacity = 1 + ctx.seed() / 12 % 6;
        const int each = 20;
        std::vector<arrivals> logs(receivers, arrivals(senders));
        int failures = 0;
        auto done = [&](std::exception_ptr e) { failures += e ? 1 : 0; };
        start_all(ctx, weir::mpmc_channel<item>(capacity), logs, senders, each,
                  unsigned(ctx.seed() * 2654435761u >> 7), done);
        ctx.run();
        expect(failures == 0, "nobody fails");
        expect(complete(logs, senders, each), "every item comes once, in order");
    });
}
