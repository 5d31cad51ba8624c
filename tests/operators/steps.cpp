#include <weir/core/asio.hpp>
#include <weir/operators/batch.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/dedup.hpp>
#include <weir/operators/enumerate.hpp>
#include <weir/operators/filter.hpp>
#include <weir/operators/filter_map.hpp>
#include <weir/operators/flat_map.hpp>
#include <weir/operators/inspect.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/map_blocking.hpp>
#include <weir/operators/ready_chunks.hpp>
#include <weir/operators/scan.hpp>
#include <weir/operators/skip.hpp>
#include <weir/operators/split_errors.hpp>
#include <weir/operators/take.hpp>
#include <weir/operators/take_until.hpp>
#include <weir/operators/take_while.hpp>
#include <weir/operators/try_map.hpp>
#include <weir/sources/from_async.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/sources/generator.hpp>
#include <weir/testing/expect.hpp>
#include <weir/testing/suspend_at_random.hpp>
#include <weir/testing/virtual_timer.hpp>

#include <asio.hpp>
#include <operators/steps.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

namespace weir::testing {

namespace {

using in = any_stream<move_only>;
using ints = std::vector<int>;
constexpr std::uint64_t no_limit = 1'000'000;

using timer = asio::basic_waitable_timer<virtual_time>;

/// Batches, in single items again.
auto unpack(std::size_t most) {
    return flat_map([most](std::vector<move_only> batch) {
        expect(!batch.empty() && batch.size() <= most, "a batch is neither empty nor too large");
        return batch;
    });
}

move_only add(move_only x, int n) {
    x.add(n);
    return x;
}

trial map_step(seeded_random&) {
    return {.name = "map",
            .apply =
                [](in s, seeded_context&) {
                    return std::move(s) | map([](move_only x) { return add(std::move(x), 1); });
                },
            .model = each([](int x) { return ints{x + 1}; })};
}

trial filter_step(seeded_random&) {
    return {.name = "filter",
            .apply =
                [](in s, seeded_context&) {
                    return std::move(s) |
                           filter([](const move_only& x) { return x.value() % 3 != 0; });
                },
            .model = each([](int x) { return x % 3 != 0 ? ints{x} : ints{}; })};
}

trial filter_map_step(seeded_random&) {
    return {.name = "filter_map",
            .apply =
                [](in s, seeded_context&) {
                    auto f = [](move_only x) -> std::optional<move_only> {
                        if (x.value() % 2 != 0) return std::nullopt;
                        return x;
                    };
                    return std::move(s) | filter_map(f);
                },
            .model = each([](int x) { return x % 2 == 0 ? ints{x} : ints{}; })};
}

trial inspect_step(seeded_random&) {
    return {.name = "inspect",
            .apply =
                [](in s, seeded_context&) {
                    return std::move(s) | inspect([](const move_only& x) {
                               expect(x.value() >= 0, "nothing that was moved from");
                           });
                },
            .model = same};
}

trial enumerate_step(seeded_random&) {
    return {.name = "enumerate",
            .apply =
                [](in s, seeded_context&) {
                    auto sum = [](std::pair<std::uint64_t, move_only> x) {
                        return add(std::move(x.second), static_cast<int>(x.first));
                    };
                    return std::move(s) | enumerate() | map(sum);
                },
            .model =
                [](const ints& xs) {
                    forecast out{xs, false};
                    int n = 0;
                    for (int& x : out.items) x += n++;
                    return out;
                }};
}

trial scan_step(seeded_random&) {
    return {.name = "scan",
            .apply =
                [](in s, seeded_context&) {
                    auto sum = [](int so_far, const move_only& x) { return so_far + x.value(); };
                    return std::move(s) | scan(0, sum) | map([](int x) { return move_only(x); });
                },
            .model =
                [](const ints& xs) {
                    forecast out{xs, false};
                    int sum = 0;
                    for (int& x : out.items) x = sum += x;
                    return out;
                }};
}

trial dedup_step(seeded_random&) {
    return {.name = "dedup",
            .apply =
                [](in s, seeded_context&) {
                    return std::move(s) | dedup([](const move_only& x) { return x.value() / 4; });
                },
            .model =
                [](const ints& xs) {
                    forecast out;
                    std::optional<int> last;
                    for (const int x : xs) {
                        if (last != x / 4) out.items.push_back(x);
                        last = x / 4;
                    }
                    return out;
                }};
}

trial skip_step(seeded_random& dice) {
    const auto n = dice.below(6);
    return {.name = "skip",
            .apply = [n](in s, seeded_context&) { return std::move(s) | skip(n); },
            .model =
                [n](const ints& xs) {
                    const auto from =
                        static_cast<std::ptrdiff_t>(std::min<std::size_t>(n, xs.size()));
                    return forecast{ints(xs.begin() + from, xs.end()), false};
                }};
}

trial take_step(seeded_random& dice) {
    const auto n = dice.below(12);
    return {.name = "take",
            .apply = [n](in s, seeded_context&) { return std::move(s) | take(n); },
            .model =
                [n](const ints& xs) {
                    const auto to =
                        static_cast<std::ptrdiff_t>(std::min<std::size_t>(n, xs.size()));
                    return forecast{ints(xs.begin(), xs.begin() + to), xs.size() >= n};
                }};
}

trial take_while_step(seeded_random& dice) {
    const int limit = static_cast<int>(3 + dice.below(8));
    return {.name = "take_while",
            .apply =
                [limit](in s, seeded_context&) {
                    return std::move(s) |
                           take_while([limit](const move_only& x) { return x.value() < limit; });
                },
            .model =
                [limit](const ints& xs) {
                    const auto stop =
                        std::ranges::find_if(xs, [limit](int x) { return x >= limit; });
                    return forecast{ints(xs.begin(), stop), stop != xs.end()};
                }};
}

trial take_until_step(seeded_random& dice) {
    const std::chrono::milliseconds when(dice.below(30));
    return {.name = "take_until",
            .apply =
                [when](in s, seeded_context& ctx) {
                    std::stop_source stop;
                    auto t = std::make_shared<timer>(ctx, when);
                    t->async_wait([t, stop](asio::error_code) mutable { stop.request_stop(); });
                    return std::move(s) | take_until(stop.get_token());
                },
            .model = same,
            .stops_anywhere = true};
}

trial flat_map_step(seeded_random&) {
    return {.name = "flat_map of ranges",
            .apply =
                [](in s, seeded_context&) {
                    auto f = [](move_only x) {
                        std::vector<move_only> some;
                        for (int i = 0; i < x.value() % 3; ++i) some.emplace_back(x.value() + i);
                        return some;
                    };
                    return std::move(s) | flat_map(f);
                },
            .model = each([](int x) {
                ints some;
                for (int i = 0; i < x % 3; ++i) some.push_back(x + i);
                return some;
            })};
}

trial flat_map_stream_step(seeded_random&) {
    return {.name = "flat_map of streams",
            .apply =
                [](in s, seeded_context& ctx) {
                    auto f = [&ctx](move_only x) {
                        std::vector<move_only> some;
                        some.emplace_back(x.value());
                        some.push_back(std::move(x));
                        return suspend_at_random(from_range(std::move(some)), ctx);
                    };
                    return std::move(s) | flat_map(f);
                },
            .model = each([](int x) { return ints{x, x}; })};
}

trial split_errors_step(seeded_random&) {
    return {.name = "try_map and split_errors",
            .apply =
                [](in s, seeded_context&) {
                    auto check = [](move_only x) -> absl::StatusOr<move_only> {
                        if (x.value() % 4 == 1) return absl::InvalidArgumentError("one");
                        return x;
                    };
                    auto reject = [](const absl::Status& why) {
                        expect(why.message() == "one", "the failure of the record");
                    };
                    return std::move(s) | try_map(check) | split_errors(reject);
                },
            .model = each([](int x) { return x % 4 == 1 ? ints{} : ints{x}; })};
}

trial batch_step(seeded_random& dice) {
    const std::size_t size = 1 + dice.below(5);
    return {.name = "batch",
            .apply = [size](in s,
                            seeded_context&) { return std::move(s) | batch(size) | unpack(size); },
            .model = same,
            .drops_on_failure = true};
}

trial timed_batch_step(seeded_random& dice) {
    const std::size_t size = 1 + dice.below(5);
    const std::chrono::milliseconds wait(1 + dice.below(6));
    return {.name = "batch by time",
            .apply =
                [size, wait](in s, seeded_context&) {
                    return std::move(s) | batch(size, wait) | unpack(size);
                },
            .model = same,
            .drops_on_failure = true};
}

trial ready_chunks_step(seeded_random& dice) {
    const std::size_t size = 1 + dice.below(5);
    return {.name = "ready_chunks",
            .apply =
                [size](in s, seeded_context&) {
                    return std::move(s) | ready_chunks(size) | unpack(size);
                },
            .model = same};
}

trial map_blocking_step(seeded_random& dice) {
    const std::size_t calls = 1 + dice.below(4);
    return {.name = "map_blocking",
            .apply =
                [calls](in s, seeded_context&) {
                    return std::move(s) | map_blocking(calls, [](move_only x) { return x; });
                },
            .model = same};
}

trial buffer_step(seeded_random& dice) {
    const std::size_t capacity = 1 + dice.below(5);
    return {.name = "buffer",
            .apply = [capacity](in s, seeded_context&) { return std::move(s) | buffer(capacity); },
            .model = same};
}

trial on_step(seeded_random& dice) {
    const std::size_t capacity = 1 + dice.below(5);
    return {.name = "on",
            .apply =
                [capacity](in s, seeded_context& ctx) {
                    return std::move(s) | on(ctx.get_executor(), capacity);
                },
            .model = same};
}

generator<move_only> pass_on(in s) {
    while (auto x = co_await s.next()) co_yield std::move(*x);
}

trial generator_step(seeded_random&) {
    return {.name = "generator",
            .apply = [](in s, seeded_context&) { return pass_on(std::move(s)); },
            .model = same};
}

asio::awaitable<move_only> think(move_only x) {
    timer t(co_await asio::this_coro::executor, std::chrono::milliseconds(x.value() % 3));
    co_await t.async_wait(asio::use_awaitable);
    co_return x;
}

generator<std::unique_ptr<move_only>> think_of_each(in s) {
    auto thought = [](move_only x) -> asio::awaitable<std::unique_ptr<move_only>> {
        auto y = co_await think(std::move(x));
        co_return std::make_unique<move_only>(std::move(y));
    };
    while (auto x = co_await s.next()) {
        auto y = co_await thought(std::move(*x));
        co_yield std::move(y);
    }
}

trial awaiting_generator_step(seeded_random&) {
    return {.name = "generator that awaits",
            .apply =
                [](in s, seeded_context&) {
                    auto unwrap = [](std::unique_ptr<move_only> x) { return std::move(*x); };
                    return think_of_each(std::move(s)) | map(unwrap);
                },
            .model = same};
}

trial any_stream_step(seeded_random&) {
    return {.name = "any_stream",
            .apply =
                [](in s, seeded_context&) {
                    any_stream<move_only> once = std::move(s) | take(no_limit);
                    return any_stream<move_only>(std::move(once) | take(no_limit));
                },
            .model = same};
}

/// An Asio operation an item: it pulls the stream before it.
trial from_async_step(seeded_random&) {
    return {.name = "from_async",
            .apply =
                [](in s, seeded_context&) {
                    auto upstream = std::make_shared<in>(std::move(s));
                    return from_async<move_only>([upstream](auto handler) {
                        auto executor = handler.get_executor();
                        auto slot = handler.get_cancellation_slot();
                        auto deliver = [upstream, handler = std::move(handler)](
                                           std::exception_ptr error,
                                           std::optional<move_only> x) mutable {
                            asio::error_code code;
                            if (error) code = asio::error::connection_reset;
                            if (!error && !x) code = asio::error::eof;
                            handler(code, x ? std::move(*x) : move_only(-1));
                        };
                        upstream->next(asio::bind_cancellation_slot(
                            slot, asio::bind_executor(executor, std::move(deliver))));
                    });
                },
            .model = same,
            .pulls = true};
}

constexpr step_maker steps[] = {
    map_step,
    filter_step,
    filter_map_step,
    inspect_step,
    enumerate_step,
    scan_step,
    dedup_step,
    skip_step,
    take_step,
    take_while_step,
    take_until_step,
    flat_map_step,
    flat_map_stream_step,
    split_errors_step,
    batch_step,
    timed_batch_step,
    ready_chunks_step,
    map_blocking_step,
    buffer_step,
    on_step,
    generator_step,
    awaiting_generator_step,
    any_stream_step,
    from_async_step,
};

}  // namespace

std::span<const step_maker> all_steps() {
    return steps;
}

trial chain(trial first, trial second) {
    trial both;
    both.name = first.name + " | " + second.name;
    both.drops_on_failure = first.drops_on_failure || second.drops_on_failure;
    both.stops_anywhere = first.stops_anywhere || second.stops_anywhere;
    both.pulls = first.pulls || second.pulls;
    both.apply = [a = first.apply, b = second.apply](in s, seeded_context& ctx) {
        return b(a(std::move(s), ctx), ctx);
    };
    both.model = [a = std::move(first.model), b = std::move(second.model)](const ints& xs) {
        forecast middle = a(xs);
        forecast out = b(middle.items);
        out.ended = out.ended || middle.ended;
        return out;
    };
    return both;
}

}  // namespace weir::testing
