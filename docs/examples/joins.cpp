// Values trades in many currencies in dollars, at the newest rate.
#include <weir/channel/channel.hpp>
#include <weir/joins/latest_join.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>

#include <exception>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

struct trade {
    std::string currency;
    double amount;
};

// [latest]
using rate = weir::table_update<std::string, double>;

asio::awaitable<std::vector<double>> value(std::vector<trade> trades, weir::receiver<rate> rates,
                                           std::vector<trade>& unknown) {
    auto in_dollars = [](trade x, double factor) { return x.amount * factor; };
    auto keep = [&unknown](trade x) { unknown.push_back(std::move(x)); };
    auto join = weir::latest_join(std::move(rates), &trade::currency, in_dollars,
                                  weir::missing::divert(keep), "rates");
    auto values = weir::from_range(std::move(trades)) | std::move(join) | weir::to<std::vector>();
    co_return co_await std::move(values);
}

// The feed sends all entries first, then says that they are complete, and later sends changes.
asio::awaitable<void> tell(weir::sender<rate> rates) {
    co_await rates.async_send(rate::put("EUR", 1.08), asio::use_awaitable);
    co_await rates.async_send(rate::put("USD", 1), asio::use_awaitable);
    co_await rates.async_send(rate::complete(), asio::use_awaitable);  // now it takes trades
    rates.close();
}
// [/latest]

void rethrow(std::exception_ptr failure) {
    if (failure) std::rethrow_exception(std::move(failure));
}

int main() {
    weir::runtime runtime(2);
    auto rates = weir::channel<rate>(16);
    asio::co_spawn(runtime.context(), tell(std::move(rates.sender)), rethrow);
    std::vector<trade> trades{{"EUR", 100}, {"XYZ", 5}, {"USD", 7}};
    std::vector<trade> unknown;
    const auto values = runtime.run(value(std::move(trades), std::move(rates.receiver), unknown));
    for (const double x : values) std::cout << x << '\n';
    return values == std::vector{108.0, 7.0} && unknown.size() == 1 ? 0 : 1;
}
