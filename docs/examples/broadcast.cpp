// Every receiver sees every item.
#include <weir/channel/broadcast.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sinks/into_broadcast.hpp>
#include <weir/sources/from_range.hpp>

#include <asio.hpp>

#include <functional>
#include <iostream>
#include <ranges>
#include <thread>
#include <utility>

int main() {
    weir::runtime rt(2);

    // [broadcast]
    auto ticks = weir::broadcast<int>(256);  // the slowest receiver is at most 256 items behind
    auto screen = ticks.subscribe();
    auto risk = ticks.subscribe();

    auto shown = (std::move(screen) | weir::count()).start(rt.executor(), asio::use_future);
    auto exposure =
        (std::move(risk) | weir::fold(0, std::plus<>())).start(rt.executor(), asio::use_future);
    rt.run(weir::from_range(std::views::iota(0, 1'000)) | weir::into(std::move(ticks)));
    // [/broadcast]
    const bool all_seen = shown.get() == 1'000 && exposure.get() == 499'500;

    // [slow]
    auto quotes = weir::broadcast<int>(4, weir::overflow::drop_oldest);
    auto display = quotes.subscribe();
    for (int i = 0; i < 10; ++i) quotes.try_send(int(i));
    const auto first = display.try_receive();  // 6: it was too slow for the first six

    auto orders = weir::broadcast<int>(4, weir::overflow::disconnect);
    auto ledger = orders.subscribe();
    for (int i = 0; i < 10; ++i) orders.try_send(int(i));
    bool cut_off = false;
    try {
        ledger.try_receive();
    } catch (const weir::receiver_lagged_error&) {
        cut_off = true;  // better than a ledger with a gap
    }
    // [/slow]
    const bool as_asked = *first == 6 && display.missed() == 6 && cut_off;

    // [thread]
    auto lines = weir::broadcast<std::string>(16);
    std::thread printer([from = lines.subscribe()]() mutable {
        while (auto line = from.blocking_receive()) std::cout << *line << '\n';
    });
    lines.blocking_send("from a plain thread");
    lines.close();
    printer.join();
    // [/thread]
    return all_seen && as_asked ? 0 : 1;
}
