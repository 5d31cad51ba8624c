/// \file
/// What a subscriber has still to be sent.
#pragma once

#include <weir/connectors/tcp/subscriber_event.hpp>
#include <weir/core/asio.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weir::tcp::detail {

/// Whole messages, sent as they are to all.
struct message_block {
    std::string bytes;
    std::size_t messages = 0;

    /// What it counts for.
    traffic size() const noexcept { return {messages, bytes.size()}; }
};

/// The blocks that wait for one subscriber, shared with the other subscribers. Bounded in bytes;
/// one whose first bytes are sent already is sent to its end, and is not counted. Not thread-safe.
class send_queue {
public:
    /// What a block counts besides its bytes, as it takes memory even when it is small.
    static constexpr std::size_t block_overhead = 128;

    explicit send_queue(std::size_t limit) noexcept : limit_(limit) {}

    bool empty() const noexcept { return blocks_.empty(); }
    /// True when a block of so many bytes can be put in. One that is larger than the limit has room
    /// when nothing else waits.
    bool has_room(std::size_t bytes) const noexcept {
        return waiting_ == 0 || waiting_ + bytes + block_overhead <= limit_;
    }
    /// Puts in a block of which `sent` bytes are sent.
    void put(std::shared_ptr<const message_block> b, std::size_t sent = 0);
    /// Takes out blocks from the oldest on, until there is room for `bytes`. Adds them to
    /// `dropped`.
    void make_room(std::size_t bytes, traffic& dropped);
    /// Takes out all, also what is half sent. Adds them to `dropped`.
    void clear(traffic& dropped);

    /// The bytes to send next, up to so many blocks of them.
    void gather(std::vector<asio::const_buffer>& to, std::size_t most) const;
    /// So many of them are sent. Adds the blocks that are sent to their end to `done`.
    void advance(std::size_t bytes, traffic& done);

private:
    static std::size_t size_of(const message_block& b) noexcept {
        return b.bytes.size() + block_overhead;
    }

    std::size_t limit_;
    std::deque<std::shared_ptr<const message_block>> blocks_;
    std::size_t waiting_ = 0;  // what those weigh that are not begun
    std::size_t begun_ = 0;    // bytes of the first that are sent
};

}  // namespace weir::tcp::detail
