// Several streams in one, one stream in several, and hubs.
#include <weir/joins/broadcast_hub.hpp>
#include <weir/joins/concat.hpp>
#include <weir/joins/fan_out.hpp>
#include <weir/joins/merge.hpp>
#include <weir/joins/merge_hub.hpp>
#include <weir/joins/merge_sorted.hpp>
#include <weir/joins/partition.hpp>
#include <weir/joins/race.hpp>
#include <weir/joins/zip.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/take.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/into.hpp>
#include <weir/sinks/into_broadcast.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>

#include <asio.hpp>

#include <functional>
#include <iostream>
#include <ranges>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace {

struct trade {
    int time = 0;
    std::string symbol;
};

auto numbers(int first, int last) {
    return weir::from_range(std::views::iota(first, last));
}

bool check(bool good, const char* what) {
    if (!good) std::cerr << what << " is wrong\n";
    return good;
}

bool merged(weir::runtime& rt) {
    // [merge]
    auto left = weir::from_range(std::vector<trade>{{1, "A"}, {4, "B"}});
    auto right = weir::from_range(std::vector<trade>{{2, "C"}, {3, "D"}});
    auto in_order = weir::merge_sorted(&trade::time, std::move(left), std::move(right));

    std::vector<weir::any_stream<int>> sensors;  // or any number of streams, of any type
    for (int i = 0; i < 10; ++i) sensors.push_back(numbers(0, 100));
    auto readings = weir::merge(std::move(sensors));
    // [/merge]
    const auto trades = rt.run(std::move(in_order) | weir::to<std::vector>());
    return check(trades[1].symbol == "C" && trades[3].symbol == "B", "merge_sorted") &&
           check(rt.run(std::move(readings) | weir::count()) == 1'000, "merge");
}

bool together(weir::runtime& rt) {
    // [together]
    auto names = weir::from_range(std::vector<std::string>{"Ada", "Grace"});
    auto numbered = weir::zip(numbers(1, 1'000), std::move(names)) |
                    weir::map([](std::tuple<int, std::string> x) {
                        return std::to_string(std::get<0>(x)) + " " + std::get<1>(x);
                    });  // "1 Ada", "2 Grace"

    auto first_ten = weir::concat(numbers(0, 5), numbers(5, 10));
    auto fastest = weir::race(numbers(0, 0), numbers(7, 8));  // the first has no item
    // [/together]
    const auto people = rt.run(std::move(numbered) | weir::to<std::vector>());
    return check(people == std::vector<std::string>{"1 Ada", "2 Grace"}, "zip") &&
           check(rt.run(std::move(first_ten) | weir::fold(0, std::plus<>())) == 45, "concat") &&
           check(rt.run(std::move(fastest) | weir::fold(0, std::plus<>())) == 7, "race");
}

bool spread(weir::runtime& rt) {
    int assessed = 0;
    std::size_t shown = 0;
    // [fan_out]
    weir::fan_out<int> prices;
    auto risk = prices.branch(256);                                // sees all: the feed waits
    auto screen = prices.branch(16, weir::overflow::drop_oldest);  // sees the newest

    weir::pipeline p("prices", rt.executor());
    p.add("risk", std::move(risk) | weir::for_each([&](int) { ++assessed; }));
    p.add("screen", std::move(screen) | weir::for_each([&](int) { ++shown; }));
    p.add("feed", numbers(0, 1'000) | weir::into(std::move(prices)));
    // [/fan_out]
    rt.run(p.run());
    return check(assessed == 1'000 && shown >= 16 && shown <= 1'000, "fan_out");
}

bool parted(weir::runtime& rt) {
    // [partition]
    auto by_parity = weir::partition<int>([](int x) { return x % 2 == 0; });
    auto even = by_parity.branch(64);  // the items for which it is true
    auto odd = by_parity.branch(64);

    auto sum = [] { return weir::fold(0, std::plus<>()); };
    auto evens = (std::move(even) | sum()).start(rt.executor(), asio::use_future);
    auto odds = (std::move(odd) | sum()).start(rt.executor(), asio::use_future);
    rt.run(numbers(0, 100) | weir::into(std::move(by_parity)));
    // [/partition]
    return check(evens.get() == 2'450 && odds.get() == 2'500, "partition");
}

bool hubs(weir::runtime& rt) {
    // [hubs]
    auto [entry, events] = weir::merge_hub<int>(256);
    auto total =
        (std::move(events) | weir::fold(0, std::plus<>())).start(rt.executor(), asio::use_future);
    rt.run(numbers(0, 10) | weir::into(entry));   // a producer attaches and detaches
    rt.run(numbers(10, 20) | weir::into(entry));  // so does another one
    entry.close();                                // the end, once all are detached

    auto [sender, exit] = weir::broadcast_hub<int>(256);
    auto seen =
        (exit.attach() | weir::take(3) | weir::count())  // a consumer detaches when it likes
            .start(rt.executor(), asio::use_future);
    rt.run(numbers(0, 1'000) | weir::into(std::move(sender)));
    // [/hubs]
    return check(total.get() == 190, "merge_hub") && check(seen.get() == 3, "broadcast_hub");
}

}  // namespace

int main() {
    weir::runtime rt(2);
    const bool good = merged(rt) && together(rt) && spread(rt) && parted(rt) && hubs(rt);
    return good ? 0 : 1;
}
