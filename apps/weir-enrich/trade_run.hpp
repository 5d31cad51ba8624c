/// Trades that go on together.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "enriched_trade.hpp"
#include "texts.hpp"

namespace weir_enrich {

/// Trades, and their bytes for each format that is wanted.
struct trade_run {
    std::vector<enriched_trade> trades;
    std::vector<std::string> bytes;  ///< in the order of the encoder's formats
    text_hold texts;                 ///< of the trades
};

/// How many runs may wait for a place that writes them. One is written while the next is made; with
/// more, memory would grow whenever a machine that stood still has made many trades due at once.
inline constexpr std::size_t runs_between = 2;

/// Runs go round and keep their memory. As many as are under way with one worker and one place are
/// there from the beginning: so what is used does not depend on how busy it has been. Thread-safe.
/// It lives as long as its runs.
class run_pool : public std::enable_shared_from_this<run_pool> {
public:
    /// So many are there from the beginning: one is made, some wait, one is written.
    static constexpr std::size_t ready = runs_between + 2;

    /// Runs of at most so many trades.
    explicit run_pool(std::size_t trades_a_run);

    struct give_back {
        void operator()(trade_run* run) const noexcept { to->put(std::unique_ptr<trade_run>(run)); }
        std::shared_ptr<run_pool> to;
    };
    /// Who has it may write to it. As a `shared_run` it is for many, to read.
    using owned_run = std::unique_ptr<trade_run, give_back>;

    std::size_t trades_a_run() const noexcept { return most_; }
    /// One that is empty. Must be owned by a shared_ptr itself.
    owned_run take();

private:
    std::unique_ptr<trade_run> make();
    std::unique_ptr<trade_run> spare();
    void put(std::unique_ptr<trade_run> run) noexcept;

    const std::size_t most_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<trade_run>> spare_;  // by turns, so that all are warm soon
    std::size_t made_ = 0;
};

using owned_run = run_pool::owned_run;
/// The same run for all places that write it.
using shared_run = std::shared_ptr<const trade_run>;

}  // namespace weir_enrich
