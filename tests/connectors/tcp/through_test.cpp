// In by one port and out by another, on several threads.

#include <weir/connectors/tcp/publish.hpp>
#include <weir/connectors/tcp/receive.hpp>
#include <weir/core/asio.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/runtime/runtime.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support.hpp"

using namespace weir::testing;
using weir::tcp::connection_change;

TEST_CASE("what clients send on many threads reaches all subscribers, and a drain loses nothing") {
    constexpr int clients = 4;
    constexpr int each = 5'000;
    constexpr std::size_t readers = 3;
    weir::runtime rt(2);
    weir::pipeline p("through", rt.executor());
    weir::tcp::listener in(rt.executor());
    weir::tcp::listener out(rt.executor());
    const auto from = in.local();
    const auto to = out.local();

    std::promise<void> all_subscribed;
    std::promise<void> all_sent;
    int gone = 0;
    std::size_t subscribed = 0;
    weir::tcp::receive_options receiving;
    receiving.on_event = [&](const weir::tcp::client_event& e) {
        if (e.what == connection_change::closed && ++gone == clients) all_sent.set_value();
    };
    weir::tcp::publish_options publishing;
    publishing.on_event = [&](const weir::tcp::subscriber_event& e) {
        if (e.what == connection_change::connected && ++subscribed == readers) {
            all_subscribed.set_value();
        }
    };
    auto encode = [](std::string& bytes, int x) { bytes += std::to_string(x) + '\n'; };
    weir::tcp::publish_report report;
    p.add("through",
          weir::tcp::receive<number_lines>(std::move(in), receiving) | p.source("in") |
              weir::tcp::publish(std::move(out), encode, publishing),
          [&](const weir::tcp::publish_report& r) { report = r; });
    auto running = p.run(asio::use_future);

    std::array<std::string, readers> heard;
    std::vector<std::thread> threads;
    for (std::string& text : heard) {
        threads.emplace_back([&text, to] { text = peer(to).read_all(); });
    }
    all_subscribed.get_future().wait();
    for (int c = 0; c != clients; ++c) {
        threads.emplace_back([from, c] {
            peer client(from);
            for (int n = 0; n != each; ++n) client.send(std::to_string(c * each + n) + '\n');
        });
    }
    all_sent.get_future().wait();
    p.drain(std::chrono::minutes(1), asio::use_future).get();
    running.get();
    for (auto& t : threads) t.join();

    CHECK(report.published.messages == clients * each);
    CHECK(report.sent.messages == clients * each * readers);
    for (const std::string& text : heard) {
        std::vector<int> next(clients);
        std::size_t wrong = 0;
        number_lines lines;
        lines.feed(
            text,
            [&](int x) {
                wrong += x % each != next[static_cast<std::size_t>(x / each)]++;
                return true;
            },
            [&](const line_fault&) { ++wrong; });
        CHECK(wrong == 0);
        CHECK(next == std::vector<int>(clients, each));
    }
}
