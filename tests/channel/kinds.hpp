/// The kinds of channels, for tests of what they have in common.
#pragma once

#include <weir/channel/channel.hpp>
#include <weir/channel/shared_channel.hpp>
#include <weir/testing/drive.hpp>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace weir::testing {

struct spsc {
    template <class T>
    static auto make(std::size_t capacity) {
        return weir::channel<T>(capacity);
    }
};

struct mpsc {
    template <class T>
    static auto make(std::size_t capacity) {
        return weir::mpsc_channel<T>(capacity);
    }
};
struct mpmc {
    template <class T>
    static auto make(std::size_t capacity) {
        return weir::mpmc_channel<T>(capacity);
    }
};

#define CHANNEL_KINDS weir::testing::spsc, weir::testing::mpsc, weir::testing::mpmc

/// Starts `tx.async_send(item)` on `ctx`.
template <class Context, class Sender, class T>
auto start_send(Context& ctx, Sender& tx, T item, asio::cancellation_slot slot = {}) {
    auto result = std::make_shared<outcome<void>>();
    tx.async_send(std::move(item), record(ctx, result, slot));
    return result;
}

/// The same for `tx.async_send_from(item)`.
template <class Context, class Sender, class T>
auto start_send_from(Context& ctx, Sender& tx, T& item, asio::cancellation_slot slot = {}) {
    auto result = std::make_shared<outcome<void>>();
    tx.async_send_from(item, record(ctx, result, slot));
    return result;
}

/// Starts `rx.async_receive_some(into, max)` on `ctx`.
template <class Context, class Receiver, class T>
auto start_receive_some(Context& ctx, Receiver& rx, std::vector<T>& into, std::size_t max) {
    auto result = std::make_shared<outcome<std::size_t>>();
    rx.async_receive_some(into, max, record(ctx, result));
    return result;
}

}  // namespace weir::testing
