/// Trades from a file or the standard input, by plain blocking calls.
#pragma once

#include <shared/log.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "counts.hpp"
#include "place.hpp"
#include "trade.hpp"

namespace weir_enrich {

/// Told of records that are no trades: counts them, and logs the first.
class bad_records {
public:
    explicit bad_records(run_counts& counts) : counts_(counts) {}
    void add(std::string_view message) {
        counts_.bad.add(1);
        log_.warn(message);
    }

private:
    run_counts& counts_;
    weir_apps::limited_log log_{"records that are no trades"};
};

/// Reads trades a block at a time.
/// Errors: std::system_error, csv::file_error; their text names the place and the cause.
class trade_reader {
public:
    virtual ~trade_reader() = default;
    /// The trades of the next block, maybe none of them; nothing at the end.
    virtual std::optional<std::vector<trade>> next() = 0;
    /// Makes a `next` that waits end early. From any thread.
    virtual void stop() noexcept = 0;
};

/// Opens a file, or the standard input. `bad` must outlive the reader.
std::unique_ptr<trade_reader> open_reader(const place& from, bad_records& bad);

}  // namespace weir_enrich
