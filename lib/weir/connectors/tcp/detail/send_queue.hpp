/// \file
/// The bytes that a subscriber has not been sent yet.
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

/// Whole messages, sent unchanged to all subscribers.
struct message_block {
    std::string bytes;
    std::size_t messages = 0;

    /// Its messages and bytes.
    traffic size() const noexcept { return {messages, bytes.size()}; }
};

/// The blocks that wait for one subscriber, shared with the other subscribers. Their bytes are
/// limited. A block that was sent in part is sent to its end, and does not count. Not thread-safe.
class send_queue {
public:
    /// Added to the bytes of each block, because a small block takes memory too.
    static constexpr std::size_t block_overhead = 128;

    explicit send_queue(std::size_t limit) noexcept : limit_(limit) {}

    bool empty() const noexcept { return blocks_.empty(); }
    /// True when a block of this many bytes can be put in. A block larger than the limit fits when
    /// no other block waits.
    bool has_room(std::size_t bytes) const noexcept {
        return waiting_ == 0 || waiting_ + bytes + block_overhead <= limit_;
    }
    /// Puts in a block of which `sent` bytes were already sent.
    void put(std::shared_ptr<const message_block> b, std::size_t sent = 0);
    /// Removes blocks, the oldest first, until there is room for `bytes`. Adds them to `dropped`.
    void make_room(std::size_t bytes, traffic& dropped);
    /// Removes all blocks, also a partly sent one. Adds them to `dropped`.
    void clear(traffic& dropped);

    /// The bytes to send next, of at most `most` blocks.
    void gather(std::vector<asio::const_buffer>& to, std::size_t most) const;
    /// Removes the bytes that were sent. Adds the blocks that were sent completely to `done`.
    void advance(std::size_t bytes, traffic& done);

private:
    static std::size_t size_of(const message_block& b) noexcept {
        return b.bytes.size() + block_overhead;
    }

    std::size_t limit_;
    std::deque<std::shared_ptr<const message_block>> blocks_;
    std::size_t waiting_ = 0;  // size of the blocks that are not begun
    std::size_t begun_ = 0;    // bytes of the first block that were sent
};

}  // namespace weir::tcp::detail
