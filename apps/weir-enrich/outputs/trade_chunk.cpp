#include "trade_chunk.hpp"

namespace weir_enrich {

chunk_pool::chunk_pool(std::size_t trades_per_chunk) : most_(trades_per_chunk) {
    for (std::size_t i = 0; i != ready; ++i) put(make());
}

owned_chunk chunk_pool::take() {
    return {spare().release(), return_to_pool{shared_from_this()}};
}

std::unique_ptr<trade_chunk> chunk_pool::make() {
    auto chunk = std::make_unique<trade_chunk>();
    // Touches all memory now, so that it does not grow slowly with larger chunks.
    chunk->trades.resize(most_);
    chunk->trades.clear();
    spare_.reserve(++made_);  // so that `put` cannot fail
    return chunk;
}

std::unique_ptr<trade_chunk> chunk_pool::spare() {
    const std::lock_guard lock(mutex_);
    if (spare_.empty()) return make();
    auto chunk = std::move(spare_.front());
    spare_.erase(spare_.begin());
    return chunk;
}

void chunk_pool::put(std::unique_ptr<trade_chunk> chunk) noexcept {
    chunk->trades.clear();
    for (std::string& bytes : chunk->bytes) bytes.clear();
    chunk->strings = {};
    const std::lock_guard lock(mutex_);
    spare_.push_back(std::move(chunk));
}

}  // namespace weir_enrich
