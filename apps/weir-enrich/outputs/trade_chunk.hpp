/// Chunks of trades, and their pool.
#pragma once

#include <weir-enrich/model/enriched_trade.hpp>
#include <weir-enrich/model/string_pool.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace weir_enrich {

/// Trades, and their bytes in each format that an output needs.
struct trade_chunk {
    std::vector<enriched_trade> trades;
    std::vector<std::string> bytes;  ///< in the order of the encoder's formats
    string_pin strings;              ///< of the trades
};

/// How many chunks may wait for an output. One is written while the next is made. With more, memory
/// would grow after each stall of the machine, when many trades are due at once.
inline constexpr std::size_t chunks_between = 2;

/// Reuses chunks with their memory. It starts with as many chunks as one worker and one output use,
/// so memory use does not depend on the load. Thread-safe. Lives as long as its chunks.
class chunk_pool : public std::enable_shared_from_this<chunk_pool> {
public:
    /// The number of chunks at the start: one is filled, some wait, one is written.
    static constexpr std::size_t ready = chunks_between + 2;

    /// Chunks have at most this many trades.
    explicit chunk_pool(std::size_t trades_per_chunk);

    struct return_to_pool {
        void operator()(trade_chunk* chunk) const noexcept {
            to->put(std::unique_ptr<trade_chunk>(chunk));
        }
        std::shared_ptr<chunk_pool> to;
    };
    /// Its only owner may write to it. As a `shared_chunk` it has several readers.
    using owned_chunk = std::unique_ptr<trade_chunk, return_to_pool>;

    std::size_t trades_per_chunk() const noexcept { return most_; }
    /// An empty chunk. The pool must be owned by a shared_ptr.
    owned_chunk take();

private:
    std::unique_ptr<trade_chunk> make();
    std::unique_ptr<trade_chunk> spare();
    void put(std::unique_ptr<trade_chunk> chunk) noexcept;

    const std::size_t most_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<trade_chunk>> spare_;  // used in turn, so that all are warm soon
    std::size_t made_ = 0;
};

using owned_chunk = chunk_pool::owned_chunk;
/// One chunk that all outputs read.
using shared_chunk = std::shared_ptr<const trade_chunk>;

}  // namespace weir_enrich
