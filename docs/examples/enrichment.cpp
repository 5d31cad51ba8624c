// Joins trades with their instruments and accounts, on one thread and on several.
#include <weir/joins/latest_join.hpp>
#include <weir/joins/lookup_join.hpp>
#include <weir/joins/partition.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/parallel.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/into.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

// [items]
struct trade {
    std::uint64_t id;
    std::uint32_t instrument;
    std::uint32_t user;
    double price;
};
struct listed {  // with its instrument
    trade what;
    double tick;
};
struct enriched {  // and with the fee of its user's account at that moment
    trade what;
    double tick;
    double fee_rate;
    weir::table_version version;
};
// [/items]

// [join]
using fee_update = weir::table_update<std::uint32_t, double>;
using ticks = absl::flat_hash_map<std::uint32_t, double>;

auto enrich(std::shared_ptr<const ticks> instruments, weir::any_stream<fee_update> fees,
            weir::item_count misses) {
    const weir::missing::drop drop(misses);
    auto find_tick = weir::lookup_join(
        instruments, [](const trade& x) { return x.instrument; },
        [](const trade& x, double tick) { return listed{x, tick}; }, drop);
    auto find_fee = weir::latest_join(
        std::move(fees), [](const listed& x) { return x.what.user; },
        [](const listed& x, double rate, weir::table_version v) {
            return enriched{x.what, x.tick, rate, v};
        },
        drop);
    return std::move(find_tick) | std::move(find_fee);
}
// [/join]

std::string line_of(const enriched& x) {
    return std::to_string(x.what.id) + " " + std::to_string(x.what.price * x.fee_rate) + "\n";
}

using trades = weir::any_stream<trade>;
using made = weir::any_stream<enriched>;

// [one_thread]
asio::awaitable<std::vector<std::string>> on_one_thread(made all) {
    co_return co_await (std::move(all) | weir::map(line_of) | weir::to<std::vector>());
}
// [/one_thread]

// [stages]
asio::awaitable<std::vector<std::string>> a_thread_a_stage(made all) {
    co_return co_await (std::move(all) | weir::buffer(1024) | weir::map(line_of) |
                        weir::to<std::vector>());
}
// [/stages]

// [runs]
asio::awaitable<std::vector<std::string>> in_runs(made all, std::size_t workers) {
    co_return co_await (std::move(all) | weir::parallel(workers, line_of) |
                        weir::to<std::vector>());
}
// [/runs]

// [partition]
// Each part has its own trades, tables and thread; between parts there is no order.
asio::awaitable<void> by_instrument(asio::any_io_executor executor, trades all,
                                    std::shared_ptr<const ticks> instruments,
                                    std::array<weir::any_stream<fee_update>, 2> fees,
                                    std::array<std::size_t, 2>& count) {
    weir::pipeline p("enrich", executor);
    weir::item_count misses;
    auto parts = weir::partition<trade>([](const trade& x) { return x.instrument % 2; });
    for (std::size_t i = 0; i != fees.size(); ++i) {
        auto tell = [&n = count[i]](const enriched&) { ++n; };
        p.add("part " + std::to_string(i), parts.branch(1024) |
                                               enrich(instruments, std::move(fees[i]), misses) |
                                               weir::for_each(tell));
    }
    p.add("split", std::move(all) | weir::into(std::move(parts)));
    co_await p.run();
}
// [/partition]

// [replace]
fee_update read_again(const std::vector<double>& fees) {
    auto table = std::make_shared<fee_update::table_type>();
    for (std::uint32_t user = 0; user != fees.size(); ++user) table->emplace(user, fees[user]);
    return fee_update::replace(std::move(table));
}
// [/replace]

int main() {
    weir::runtime rt(2);
    std::vector<trade> list;
    for (std::uint32_t i = 0; i != 10'000; ++i) list.push_back({i, i % 7, i % 11, 1.5});
    const auto instruments = std::make_shared<ticks>();
    for (std::uint32_t i = 0; i != 7; ++i) instruments->emplace(i, 0.01);
    const auto fees = [] {
        return weir::any_stream<fee_update>(
            weir::from_range(std::vector<fee_update>{read_again(std::vector<double>(11, 0.002))}));
    };
    weir::item_count misses;
    const auto all = [&] {
        return made(weir::from_range(list) | enrich(instruments, fees(), misses));
    };

    const auto lines = rt.run(on_one_thread(all()));
    if (lines.size() != list.size() || misses.value() != 0) return 1;
    if (rt.run(a_thread_a_stage(all())) != lines || rt.run(in_runs(all(), 2)) != lines) return 1;
    std::array<std::size_t, 2> count{};
    rt.run(
        by_instrument(rt.executor(), weir::from_range(list), instruments, {fees(), fees()}, count));
    return count[0] + count[1] == list.size() && count[0] > count[1] ? 0 : 1;
}
