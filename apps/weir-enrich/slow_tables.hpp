/// The tables that change while trades pass.
#pragma once

#include <weir/sources/any_stream.hpp>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "now.hpp"
#include "rows.hpp"
#include "texts.hpp"

namespace weir_enrich {

/// What is known of a table from outside. Any thread may read it.
struct table_state {
    std::atomic<std::uint64_t> version{0};
    std::atomic<std::int64_t> changed{0};  ///< when the last change came: see `now`
    std::atomic<std::uint64_t> rows{0};

    // One writer; each number is for people to look at, and orders nothing.
    void change(std::uint64_t rows_now) noexcept {
        version.store(version.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
        rows.store(rows_now, std::memory_order_relaxed);
        changed.store(now(), std::memory_order_relaxed);
    }
};

struct slow_table_options {
    std::filesystem::path file;  ///< empty: built in
    std::uint64_t seed = 1;
    std::uint64_t changes_a_second = 0;  ///< of the built-in table
};

/// Accounts: all at once, then one change after the other; of a file, all at once again each time
/// it is replaced. Reads the file now: errors as `read_accounts`; later ones are told in the log.
/// `texts` and `state` must outlive the stream.
weir::any_stream<account_update> open_accounts(const slow_table_options& options, texts& texts,
                                               table_state& state);
/// Rates, likewise; each change is a new table.
weir::any_stream<rate_update> open_rates(const slow_table_options& options, texts& texts,
                                         table_state& state);

}  // namespace weir_enrich
