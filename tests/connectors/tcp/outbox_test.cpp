// The queue of a subscriber.

#include <weir/connectors/tcp/detail/send_queue.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

using weir::tcp::traffic;
using weir::tcp::detail::message_block;
using weir::tcp::detail::send_queue;

namespace {

constexpr std::size_t room_for_two = 2 * (send_queue::block_overhead + 4);

auto block(std::string_view bytes) {
    return std::make_shared<const message_block>(message_block{std::string(bytes), 1});
}

/// All that is still to be sent.
std::string waiting(const send_queue& box) {
    std::vector<asio::const_buffer> parts;
    box.gather(parts, 100);
    std::string all;
    for (const auto& p : parts) all.append(static_cast<const char*>(p.data()), p.size());
    return all;
}

}  // namespace

TEST_CASE("blocks leave an outbox in order, however much is sent at a time") {
    for (std::size_t step = 1; step != 13; ++step) {
        send_queue box(1'000);
        for (const char* text : {"aaaa", "bbbb", "cccc"}) box.put(block(text));
        std::string sent;
        traffic done;
        while (!box.empty()) {
            const std::string all = waiting(box);
            sent += all.substr(0, step);
            box.advance(std::min(step, all.size()), done);
        }
        CHECK(sent == "aaaabbbbcccc");
        CHECK(done == traffic{3, 12});
    }
}

TEST_CASE("an outbox is full when one more block would be over its limit") {
    send_queue box(room_for_two);
    box.put(block("aaaa"));
    CHECK(box.has_room(4));
    CHECK_FALSE(box.has_room(5));
    box.put(block("bbbb"));
    CHECK_FALSE(box.has_room(0));
}

TEST_CASE("a block larger than the limit has room where nothing waits") {
    send_queue box(1);
    CHECK(box.has_room(100));
    box.put(block("aaaa"));
    CHECK_FALSE(box.has_room(0));
}

TEST_CASE("room is made from the oldest block on, and a block that is half sent is kept") {
    send_queue box(room_for_two);
    box.put(block("aaaa"), 1);
    box.put(block("bbbb"));
    box.put(block("cccc"));
    traffic dropped;
    box.make_room(4, dropped);
    CHECK(dropped == traffic{1, 4});
    box.put(block("dddd"));
    CHECK(waiting(box) == "aaaccccdddd");
    box.make_room(1'000, dropped);
    CHECK(dropped == traffic{3, 12});
    CHECK(waiting(box) == "aaa");
    CHECK(box.has_room(1'000));
    box.clear(dropped);
    CHECK(dropped == traffic{4, 16});
    CHECK(box.empty());
}

TEST_CASE("so many blocks are gathered, and no more") {
    send_queue box(10'000);
    for (int i = 0; i != 5; ++i) box.put(block("aaaa"));
    std::vector<asio::const_buffer> parts;
    box.gather(parts, 3);
    CHECK(parts.size() == 3);
}
