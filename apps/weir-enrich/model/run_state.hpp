/// The state of a run that other threads read, and its observer.
#pragma once

#include <weir-enrich/model/connections.hpp>
#include <weir-enrich/model/counts.hpp>
#include <weir-enrich/model/enriched_trade.hpp>
#include <weir-enrich/model/string_pool.hpp>
#include <weir-enrich/model/table_state.hpp>

#include <chrono>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace weir_enrich {

/// The text of the first failure of a run. Thread-safe.
class first_failure {
public:
    void set(std::string text) {
        const std::lock_guard lock(mutex_);
        text_ = std::move(text);
    }
    /// Empty: nothing has failed.
    std::string text() const {
        const std::lock_guard lock(mutex_);
        return text_;
    }

private:
    mutable std::mutex mutex_;
    std::string text_;
};

/// The counts of a run, the states of its tables, and what its parts share.
struct run_state {
    run_counts counts;
    table_state accounts;
    table_state rates;
    connection_counts connections;
    first_failure failure;
    std::stop_token stop;  ///< a request to stop ends the run in good order
    string_pool strings;   ///< of the tables' rows
};

/// Callbacks that watch a run.
struct observer {
    /// Called with each chunk of trades that was written to the files, or to a port, on the strand
    /// that writes. Several outputs may call it at the same time.
    std::function<void(const std::vector<enriched_trade>&)> on_written;
    /// Called every `period` by the thread that waits for the run, until the run is interrupted.
    std::function<void()> show;
    /// Called once by the same thread, after the last call of `show`.
    std::function<void()> stop_showing;
    /// Called when an output, an input or a table has failed, and the run begins to end for it.
    std::function<void()> on_failure;
    std::chrono::milliseconds period{500};
};

}  // namespace weir_enrich
