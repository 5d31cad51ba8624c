#include <weir/connectors/tcp/detail/send_queue.hpp>
#include <weir/core/asio.hpp>

#include <asio/buffer.hpp>

#include <algorithm>

namespace weir::tcp::detail {

void send_queue::put(std::shared_ptr<const message_block> b, std::size_t sent) {
    if (sent == 0) {
        waiting_ += size_of(*b);
    } else {
        begun_ = sent;  // the block is then the first
    }
    blocks_.push_back(std::move(b));
}

void send_queue::make_room(std::size_t bytes, traffic& dropped) {
    const auto oldest = blocks_.begin() + (begun_ != 0 ? 1 : 0);
    auto kept = oldest;
    for (; !has_room(bytes); ++kept) {
        waiting_ -= size_of(**kept);
        dropped += (*kept)->size();
    }
    blocks_.erase(oldest, kept);
}

void send_queue::clear(traffic& dropped) {
    for (const auto& b : blocks_) dropped += b->size();
    blocks_.clear();
    waiting_ = 0;
    begun_ = 0;
}

void send_queue::gather(std::vector<asio::const_buffer>& to, std::size_t most) const {
    to.clear();
    std::size_t skipped = begun_;
    for (const auto& b : blocks_) {
        if (to.size() == most) break;
        to.push_back(asio::buffer(b->bytes) + std::exchange(skipped, 0));
    }
}

void send_queue::advance(std::size_t bytes, traffic& done) {
    while (bytes != 0) {
        const message_block& first = *blocks_.front();
        if (begun_ == 0) waiting_ -= size_of(first);
        const std::size_t step = std::min(bytes, first.bytes.size() - begun_);
        bytes -= step;
        begun_ += step;
        if (begun_ != first.bytes.size()) return;
        done += first.size();
        blocks_.pop_front();
        begun_ = 0;
    }
}

}  // namespace weir::tcp::detail
