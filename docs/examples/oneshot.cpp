// Requests and replies.
#include <weir/channel/channel.hpp>
#include <weir/channel/oneshot.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/for_each.hpp>

#include <asio.hpp>

#include <exception>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

// [request]
struct price_request {
    std::string symbol;
    weir::oneshot_sender<double> reply;
};

void answer(const std::map<std::string, double>& prices, price_request request) {
    const auto found = prices.find(request.symbol);
    if (found != prices.end()) {
        std::move(request.reply).send(double(found->second));
    } else if (request.symbol.empty()) {
        std::move(request.reply).fail(std::make_exception_ptr(std::invalid_argument("no symbol")));
    }
    // Otherwise the reply is destroyed here, and the client's receive throws.
}
// [/request]

// [ask]
asio::awaitable<std::string> ask(weir::sender<price_request>& requests, std::string symbol) {
    auto [reply, price] = weir::oneshot<double>();
    price_request request{std::move(symbol), std::move(reply)};
    co_await requests.send(std::move(request));
    try {
        const double p = co_await price.receive();
        co_return std::to_string(static_cast<int>(p));
    } catch (const weir::channel_closed_error&) {
        co_return "nobody knows";
    } catch (const std::invalid_argument& e) {
        co_return e.what();
    }
}
// [/ask]

// [closed]
// Stops slow work once its result is no longer wanted.
asio::awaitable<void> watch_over(weir::oneshot_sender<int>& reply, asio::steady_timer& work) {
    co_await reply.closed();
    work.cancel();
}
// [/closed]

asio::awaitable<bool> is_stopped() {
    auto here = co_await asio::this_coro::executor;
    auto ends = weir::oneshot<int>();
    asio::steady_timer work(here, asio::steady_timer::time_point::max());
    auto watching = asio::co_spawn(here, watch_over(ends.sender, work), asio::use_future);
    {
        const auto nobody_waits = std::move(ends.receiver);
    }
    asio::error_code why;
    co_await work.async_wait(asio::redirect_error(asio::use_awaitable, why));
    co_return why == asio::error::operation_aborted;
}

int main() {
    weir::runtime rt(2);
    auto [requests, to_answer] = weir::channel<price_request>(16);
    const std::map<std::string, double> prices{{"ACME", 42}};
    auto each = [&prices](price_request r) { answer(prices, std::move(r)); };
    auto answering =
        (std::move(to_answer) | weir::for_each(each)).start(rt.executor(), asio::use_future);
    const std::string known = rt.run(ask(requests, "ACME"));
    const std::string unknown = rt.run(ask(requests, "NOPE"));
    const std::string invalid = rt.run(ask(requests, ""));
    requests.close();
    answering.get();
    const bool stopped = rt.run(is_stopped());
    std::cout << known << ", " << unknown << ", " << invalid << '\n';
    return known == "42" && unknown == "nobody knows" && invalid == "no symbol" && stopped ? 0 : 1;
}
