// The latest value of something that changes slowly.
#include <weir/channel/watch.hpp>
#include <weir/operators/map.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sources/from_range.hpp>

#include <asio.hpp>

#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using rates = std::map<std::string, double>;

// [get]
// Prices each order with the newest rates. While they do not change, that is one atomic load.
double total(weir::runtime& rt, std::vector<std::pair<std::string, double>> orders,
             weir::watch_receiver<std::shared_ptr<const rates>> current) {
    auto price = [current](std::pair<std::string, double> order) mutable {
        return order.second * current.get()->at(order.first);
    };
    return rt.run(weir::from_range(std::move(orders)) | weir::map(price, "price order") |
                  weir::fold(0.0, std::plus<>()));
}
// [/get]

// [changed]
asio::awaitable<std::vector<int>> follow(weir::watch_receiver<int> setting) {
    std::vector<int> applied;
    for (bool more = co_await setting.changed(); more; more = co_await setting.changed()) {
        applied.push_back(setting.get());
    }
    co_return applied;
}
// [/changed]

int main() {
    weir::runtime rt(2);
    // [send]
    auto [publish, current] =
        weir::watch(std::make_shared<const rates>(rates{{"EUR", 1.0}, {"CHF", 2.0}}));
    publish.send(std::make_shared<const rates>(rates{{"EUR", 1.0}, {"CHF", 3.0}}));

    auto level = weir::watch(1);
    level.sender.modify([](int& x) { x += 1; });  // in place, under the lock: be short
    auto later = level.sender.subscribe();        // sees the value of now, and later ones
    level.sender.close();                         // the last sender does this when it is destroyed
    // [/send]
    const double sum = total(rt, {{"EUR", 10}, {"CHF", 10}}, current);
    const auto applied = rt.run(follow(std::move(later)));
    std::cout << sum << ", " << applied.size() << " change\n";
    return sum == 40 && applied == std::vector{2} ? 0 : 1;
}
