// tcp::publish: subscribers that keep up, that do not, and that go.

#include <weir/connectors/tcp/publish.hpp>
#include <weir/core/asio.hpp>
#include <weir/core/stage.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support.hpp"

using namespace weir::testing;
using weir::overflow;
using weir::tcp::connection_change;
using weir::tcp::publish_options;
using weir::tcp::publish_report;

namespace {

constexpr std::size_t message_size = 1'000;

/// A message of `message_size` bytes that says its number.
std::string message(int number) {
    std::string text = std::to_string(number);
    text.resize(message_size, '.');
    return text;
}

/// The numbers of whole messages; -1 for anything else.
std::vector<int> numbers_of(const std::string& bytes) {
    std::vector<int> numbers;
    for (std::size_t at = 0; at < bytes.size(); at += message_size) {
        const std::string one = bytes.substr(at, message_size);
        const int number = std::atoi(one.c_str());
        numbers.push_back(one == message(number) ? number : -1);
    }
    return numbers;
}

/// A publisher of what the test gives it.
struct publication {
    explicit publication(publish_options options = {}) {
        weir::tcp::listener port(io.get_executor());
        where = port.local();
        options.on_event = [this](const weir::tcp::subscriber_event& e) {
            events.push_back({e.what, e.subscriber, e.sent, e.dropped, e.error});
        };
        options.block_size = std::min(options.block_size, options.max_queue_bytes);
        auto encode = [this](std::string& to, const std::string& text) {
            ++taken;
            to += text;
        };
        auto publish = weir::tcp::publish(std::move(port), encode, options);
        running = start(io, messages.stream() | std::move(publish), stop.slot());
        settle(io);
    }
    ~publication() {
        stop.emit(asio::cancellation_type::all);
        CHECK(run_until(io, [this] { return running->done; }));
    }

    std::size_t count(connection_change what) const {
        return static_cast<std::size_t>(std::ranges::count(events, what, &entry::what));
    }
    bool learns(connection_change what, std::size_t times = 1) {
        return run_until(io, [&] { return count(what) >= times; });
    }
    /// A subscriber that is known to the publisher.
    std::unique_ptr<peer> subscribe() {
        const std::size_t before = count(connection_change::connected);
        auto p = std::make_unique<peer>(where);
        REQUIRE(learns(connection_change::connected, before + 1));
        return p;
    }
    /// Publishes numbered messages one by one until `enough()`.
    template <class Enough>
    void publish_until(Enough enough) {
        while (!enough()) {
            REQUIRE(published < 100'000);
            messages.give(message(published++));
            settle(io);
        }
    }
    /// All that `p` gets until it is closed, while the publisher goes on.
    std::string read_all(peer& p) {
        std::string all;
        std::thread reader([&] {
            all = p.read_all();
            p.close();
        });
        CHECK(run_until(io, [this] { return running->done; }));
        reader.join();
        return all;
    }

    struct entry {
        connection_change what;
        weir::tcp::endpoint subscriber;
        weir::tcp::traffic sent;
        weir::tcp::traffic dropped;
        asio::error_code error;
    };
    const entry& the(connection_change what) const {
        const auto found = std::ranges::find(events, what, &entry::what);
        if (found == events.end()) throw std::logic_error("no such event");
        return *found;
    }

    asio::io_context io;
    asio::cancellation_signal stop;
    script<std::string> messages;
    std::vector<entry> events;
    weir::tcp::endpoint where;
    std::shared_ptr<outcome<publish_report>> running;
    int published = 0;
    int taken = 0;  // from the stream
};

publish_options with(overflow policy, std::size_t max_queue_bytes = std::size_t{64} << 10) {
    publish_options options;
    options.when_full = policy;
    options.max_queue_bytes = max_queue_bytes;
    options.block_size = 4 * message_size;
    return options;
}

}  // namespace

TEST_CASE("each subscriber gets every message from its coming on") {
    publication out;
    out.messages.give("nobody hears this\n");
    settle(out.io);
    auto first = out.subscribe();
    out.messages.give("one\n").give("two\n");
    settle(out.io);
    auto second = out.subscribe();
    out.messages.give("three\n");
    settle(out.io);
    CHECK(first->read(14) == "one\ntwo\nthree\n");
    CHECK(second->read(6) == "three\n");
    out.messages.end();
    REQUIRE(run_until(out.io, [&] { return out.running->done; }));
    CHECK(first->read_all().empty());
    CHECK(second->read_all().empty());
    const publish_report report = out.running->get();
    CHECK(report.published == weir::tcp::traffic{4, 32});
    CHECK(report.sent == weir::tcp::traffic{4, 20});
    CHECK(report.dropped == weir::tcp::traffic{});
    CHECK(report.subscribers == 2);
    CHECK(out.count(connection_change::served) == 2);
}

TEST_CASE("each block is told of when it is written, and how many messages it had") {
    std::vector<std::size_t> blocks;
    publish_options options = with(overflow::disconnect);
    options.on_block = [&blocks](std::size_t messages) { blocks.push_back(messages); };
    publication out(options);
    out.messages.give(message(1)).give(message(2));
    settle(out.io);
    CHECK(blocks == std::vector<std::size_t>{2});
    for (int i = 0; i != 5; ++i) out.messages.give(message(i));
    settle(out.io);
    CHECK(blocks == std::vector<std::size_t>{2, 4, 1});  // four make a block
}

TEST_CASE("a subscriber that does not read is cut off, and the others miss nothing") {
    publication out(with(overflow::disconnect));
    auto slow = out.subscribe();
    auto quick = out.subscribe();
    std::vector<int> seen;
    out.publish_until([&] {
        if (out.published != 0) seen.push_back(numbers_of(quick->read(message_size)).front());
        return out.count(connection_change::disconnected) == 1;
    });
    CHECK(static_cast<int>(seen.size()) == out.published);
    CHECK(std::ranges::is_sorted(seen));
    const auto& cut = out.the(connection_change::disconnected);
    CHECK(cut.subscriber == slow->local());
    CHECK(cut.dropped.messages != 0);
    // What it did get is without a gap.
    const auto got = numbers_of(slow->read_all());
    for (std::size_t i = 0; i + 1 < got.size(); ++i) CHECK(got[i] == static_cast<int>(i));
}

TEST_CASE("drop_newest and drop_oldest leave out whole messages, and count them") {
    for (const overflow policy : {overflow::drop_newest, overflow::drop_oldest}) {
        publication out(with(policy));
        auto slow = out.subscribe();
        out.publish_until([&] { return out.count(connection_change::lagging) == 1; });
        const int full_at = out.published;
        out.publish_until([&] { return out.published == full_at + 500; });
        CHECK(out.count(connection_change::lagging) == 1);  // told once
        out.messages.end();
        const auto got = numbers_of(out.read_all(*slow));

        CHECK(std::ranges::find(got, -1) == got.end());
        CHECK(std::ranges::adjacent_find(got, std::greater_equal<>()) == got.end());
        CHECK(got.front() == 0);
        CHECK(got.back() == (policy == overflow::drop_newest ? full_at - 2 : out.published - 1));
        const auto& served = out.the(connection_change::served);
        CHECK(served.sent.messages == got.size());
        CHECK(served.sent.messages + served.dropped.messages ==
              static_cast<std::uint64_t>(out.published));
        CHECK(served.dropped.bytes == served.dropped.messages * message_size);
        CHECK(out.running->get().dropped == served.dropped);
    }
}

TEST_CASE("wait: nothing more is taken from the stream until the slow one reads; none is lost") {
    publication out(with(overflow::wait));
    auto slow = out.subscribe();
    constexpr int all = 30'000;
    for (int i = 0; i != all; ++i) out.messages.give(message(i));
    out.messages.end();
    settle(out.io);
    CHECK_FALSE(out.running->done);
    CHECK(out.taken < all);
    const auto got = numbers_of(out.read_all(*slow));
    CHECK(got.size() == all);
    CHECK(std::ranges::is_sorted(got));
    CHECK(std::ranges::find(got, -1) == got.end());
    CHECK(out.running->get().dropped == weir::tcp::traffic{});
}

TEST_CASE("subscribers that vanish are forgotten, idle ones too") {
    publication out(with(overflow::drop_newest));
    auto idle = out.subscribe();
    idle->close();
    // It might have closed its sending side only: a message tells.
    out.messages.give("are you there?");
    REQUIRE(out.learns(connection_change::closed));
    auto blocked = out.subscribe();
    auto other = out.subscribe();
    std::size_t heard = 0;
    out.publish_until([&] {
        if (out.published != 0) heard += other->read(message_size).size();
        return out.count(connection_change::lagging) == 1;
    });
    blocked->reset();
    REQUIRE(out.learns(connection_change::failed));
    CHECK(out.the(connection_change::failed).subscriber != other->local());
    CHECK(out.the(connection_change::failed).dropped.messages != 0);
    out.messages.give("and on");
    settle(out.io);
    CHECK(other->read(6) == "and on");
    CHECK(heard == static_cast<std::size_t>(out.published) * message_size);
}

TEST_CASE("more subscribers than allowed are turned away, until one leaves") {
    publish_options options;
    options.max_subscribers = 1;
    publication out(options);
    auto first = out.subscribe();
    peer second(out.where);
    REQUIRE(out.learns(connection_change::refused));
    CHECK(second.read_all().empty());
    first->close();
    auto third = out.subscribe();
    CHECK(out.count(connection_change::closed) == 1);
    out.messages.give("x");
    settle(out.io);
    CHECK(third->read(1) == "x");
}

TEST_CASE("what a subscriber says is thrown away") {
    publication out;
    auto p = out.subscribe();
    p->send(std::string(100'000, 'x'));
    settle(out.io);
    out.messages.give("answer").end();
    CHECK(out.read_all(*p) == "answer");
}

TEST_CASE("at the end what is queued is sent for as long as it may take, and no longer") {
    asio::io_context io;
    const auto time = virtual_clock::install(io);
    weir::tcp::listener port(io.get_executor());
    peer slow(port.local());
    script<std::string> messages;
    publish_options options;
    options.max_queue_bytes = std::size_t{100} << 20;
    options.linger = std::chrono::seconds(5);
    std::vector<connection_change> told;
    options.on_event = [&](const weir::tcp::subscriber_event& e) { told.push_back(e.what); };
    auto running =
        start(io, messages.stream() | weir::tcp::publish(std::move(port), std::move(options)));
    settle(io);
    for (int i = 0; i != 30'000; ++i) messages.give(message(i));
    messages.end();
    settle(io);
    time->advance(std::chrono::milliseconds(4'999));
    settle(io);
    CHECK_FALSE(running->done);
    time->advance(std::chrono::milliseconds(1));
    REQUIRE(run_until(io, [&] { return running->done; }));
    using enum connection_change;
    CHECK(told == std::vector{connected, cut_short});
    const publish_report report = running->get();
    CHECK(report.sent.messages + report.dropped.messages == 30'000);
    CHECK(report.dropped.messages != 0);
}

TEST_CASE("cancelled while a subscriber is waited for, it closes the connections") {
    std::unique_ptr<peer> slow;
    {
        publication out(with(overflow::wait));
        slow = out.subscribe();
        for (int i = 0; i != 30'000; ++i) out.messages.give(message(i));
        settle(out.io);
    }
    const auto got = numbers_of(slow->read_all());
    CHECK(got.size() < 30'000);
}

TEST_CASE("what encode throws is the pipeline's error, and names the stage") {
    asio::io_context io;
    script<int> numbers;
    numbers.give(1);
    auto encode = [](std::string&, int) { throw std::runtime_error("no text for it"); };
    auto running = start(
        io, numbers.stream() | weir::tcp::publish(weir::tcp::listener(io.get_executor()), encode));
    REQUIRE(run_until(io, [&] { return running->done; }));
    CHECK_THROWS_WITH_AS(running->get(), "tcp::publish: no text for it", weir::stage_error);
}

TEST_CASE("options that make no sense are refused") {
    asio::io_context io;
    const auto with_options = [&io](publish_options options) {
        static_cast<void>(
            weir::tcp::publish(weir::tcp::listener(io.get_executor()), std::move(options)));
    };
    publish_options options;
    options.max_subscribers = 0;
    CHECK_THROWS_AS(with_options(options), std::invalid_argument);
    options = {};
    options.block_size = 0;
    CHECK_THROWS_AS(with_options(options), std::invalid_argument);
    options = {};
    options.max_queue_bytes = 0;
    CHECK_THROWS_AS(with_options(options), std::invalid_argument);
}
