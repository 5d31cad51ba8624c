#pragma once

#include <weir/core/asio.hpp>

#include <asio.hpp>

#include <cstdint>
#include <utility>

// Coroutines that send and receive item by item, over any channel: try first, await when needed.
namespace bench {

template <class Sender>
asio::awaitable<void> send_items(Sender to, std::uint64_t n) {
    for (std::uint64_t i = 0; i < n; ++i) {
        std::uint64_t item = i;
        if (!to.try_send(std::move(item))) co_await to.send(i);
    }
}

template <class Receiver>
asio::awaitable<std::uint64_t> sum_items(Receiver from) {
    std::uint64_t sum = 0;
    for (;;) {
        auto item = from.try_receive();
        if (item) {
            sum += *item;
        } else if (auto late = co_await from.receive()) {
            sum += *late;
        } else {
            co_return sum;
        }
    }
}

}  // namespace bench
