/// Trades from a file or the standard input, by plain blocking calls.
#pragma once

#include <shared/log.hpp>
#include <weir-enrich/model/counts.hpp>
#include <weir-enrich/model/endpoint.hpp>
#include <weir-enrich/model/trade.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace weir_enrich {

/// Counts the records that are not trades, and logs the first ones.
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
/// Errors: std::system_error, csv::file_error; their text names the endpoint and the cause.
class trade_reader {
public:
    virtual ~trade_reader() = default;
    /// The trades of the next block, which may have none; `nullopt` at the end.
    virtual std::optional<std::vector<trade>> next() = 0;
    /// Ends a `next` that waits. From any thread.
    virtual void stop() noexcept = 0;
};

/// Opens a file, or the standard input. `bad` must outlive the reader.
std::unique_ptr<trade_reader> open_reader(const endpoint& from, bad_records& bad);

}  // namespace weir_enrich
