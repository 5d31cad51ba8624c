#include <weir/connectors/tcp/outbox.hpp>

#include <algorithm>

namespace weir::tcp {

void outbox::put(std::shared_ptr<const message_block> b, std::size_t sent) {
    if (sent == 0) {
        waiting_ += weight(*b);
    } else {
        begun_ = sent;  // then it is the first
    }
    blocks_.push_back(std::move(b));
}

void outbox::make_room(std::size_t bytes, traffic& dropped) {
    const auto oldest = blocks_.begin() + (begun_ != 0 ? 1 : 0);
    auto kept = oldest;
    for (; !has_room(bytes); ++kept) {
        waiting_ -= weight(**kept);
        dropped.add(**kept);
    }
    blocks_.erase(oldest, kept);
}

void outbox::clear(traffic& dropped) {
    for (const auto& b : blocks_) dropped.add(*b);
    blocks_.clear();
    waiting_ = 0;
    begun_ = 0;
}

void outbox::gather(std::vector<asio::const_buffer>& to, std::size_t most) const {
    to.clear();
    std::size_t skipped = begun_;
    for (const auto& b : blocks_) {
        if (to.size() == most) break;
        to.push_back(asio::buffer(b->bytes) + std::exchange(skipped, 0));
    }
}

void outbox::advance(std::size_t bytes, traffic& done) {
    while (bytes != 0) {
        const message_block& first = *blocks_.front();
        if (begun_ == 0) waiting_ -= weight(first);
        const std::size_t step = std::min(bytes, first.bytes.size() - begun_);
        bytes -= step;
        begun_ += step;
        if (begun_ != first.bytes.size()) return;
        done.add(first);
        blocks_.pop_front();
        begun_ = 0;
    }
}

}  // namespace weir::tcp
