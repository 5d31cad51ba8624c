/// `weir-enrich run`: trades in, enriched trades out.
#pragma once

#include <shared/exit_code.hpp>
#include <shared/interruption.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "connections.hpp"
#include "counts.hpp"
#include "figures.hpp"
#include "on_missing.hpp"
#include "place.hpp"
#include "slow_tables.hpp"
#include "table_state.hpp"
#include "texts.hpp"
#include "trade_input.hpp"

namespace weir_enrich {

using weir_apps::exit_code;

struct run_options {
    input_options trades;
    place instruments;
    slow_table_options accounts;
    slow_table_options rates;
    on_missing missing = on_missing::drop;
    std::chrono::milliseconds patience{0};  ///< how long a trade waits, with on_missing::wait
    /// Where trades with a missing key go, if they are to; nowhere when it has no path.
    place side_output;
    std::filesystem::path record;  ///< empty: no journal is written
    std::filesystem::path replay;  ///< the journal that trades and tables come from; or empty
    double speed = 0;              ///< of a replay; 0: as fast as it can
    std::vector<place> out;
    std::optional<figures_options> figures;
    std::size_t workers = 1;
    bool latency = false;  ///< how long trades took is said at the end
    std::chrono::milliseconds drain_within{5'000};
};

/// Who looks on while a run is under way.
struct observer {
    /// Called with each run of trades that was written to the files, or to a port, on the strand
    /// that writes: by several at once where there are several places.
    std::function<void(const std::vector<enriched_trade>&)> on_written;
    /// Called by the thread that waits, every `period`, until the run is interrupted.
    std::function<void()> show;
    /// Called once, by the same thread: `show` is not called any more.
    std::function<void()> stop_showing;
    /// Called when an output, an input or a table has failed, and the run begins to end for it.
    std::function<void()> on_failure;
    std::chrono::milliseconds period{500};
};

/// The text of the first failure of a run. Thread-safe.
class first_failure {
public:
    void set(std::string text);
    std::string text() const;  ///< empty: nothing has failed

private:
    mutable std::mutex mutex_;
    std::string text_;
};

/// What a run needs, and what is seen of it from outside.
struct run_state {
    run_counts counts;
    table_state accounts;
    table_state rates;
    connection_counts connections;
    first_failure failure;
    std::stop_token stop;      ///< asked for once: ends the run in good order
    weir_enrich::texts texts;  ///< of the tables' rows
};

/// Runs to the end, or until `state.stop` is asked for. False when that ended it.
/// Errors: those of the places and the tables, whose text names the place and the cause; and, when
/// it was stopped and is not over within `options.drain_within`, one that names what was cut off.
/// `state` has the books in any case.
/// A thread inside a system call that does not return is waited for: see `end_limit_of`.
bool run_to_end(const run_options& options, run_state& state, const observer& seen);

/// The limit of a run's end: when that is up, the process ends, whatever its threads wait for, with
/// the failure that began the end, if one did, a line that names what was cut off, and with what
/// `books()` returns. All but `books` must outlive it.
weir_apps::end_limit end_limit_of(const run_options& options, const run_state& state,
                                  std::function<std::string()> books);

/// `run_to_end`, and the books on stderr.
exit_code run(const run_options& options);

/// The books in a line.
std::string ledger_line(const run_state& state);

}  // namespace weir_enrich
