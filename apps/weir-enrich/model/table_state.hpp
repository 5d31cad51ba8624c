/// The state of a table, for other threads.
#pragma once

#include <weir-enrich/model/counts.hpp>
#include <weir-enrich/model/now.hpp>
#include <weir-enrich/model/time_text.hpp>

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

namespace weir_enrich {

/// The state of a table. One thread writes, any may read. The numbers are for display and order
/// nothing, so relaxed operations are enough.
class table_state {
public:
    /// A change is on its way to the join.
    void change(std::uint64_t rows_now) noexcept {
        version_.add(1);
        rows_.store(rows_now, std::memory_order_relaxed);
        changed_.store(now(), std::memory_order_relaxed);
        mend();
    }
    /// A refresh has failed: from now on the table may be out of date.
    void fail() noexcept {
        if (broken_since() == 0) broken_since_.store(now(), std::memory_order_relaxed);
    }
    /// The table is up to date again.
    void mend() noexcept { broken_since_.store(0, std::memory_order_relaxed); }
    /// An update was invalid, and was left out.
    void refuse() noexcept { refused_.add(1); }

    std::uint64_t version() const noexcept { return version_.value(); }
    std::uint64_t rows() const noexcept { return rows_.load(std::memory_order_relaxed); }
    std::uint64_t refused() const noexcept { return refused_.value(); }
    /// Nanoseconds since the last change.
    double age() const noexcept {
        return static_cast<double>(now() - changed_.load(std::memory_order_relaxed));
    }
    /// When refreshes began to fail, by the clock of `now`; 0 if the last one worked.
    std::int64_t broken_since() const noexcept {
        return broken_since_.load(std::memory_order_relaxed);
    }

    /// What is in use after a failed refresh, as the end of a sentence.
    std::string what_stays() const {
        if (version() == 0) return "the table is still waited for";
        return "the table of before, " + time_text(age()) + " old, stays in use";
    }

private:
    counter version_;
    counter refused_;
    std::atomic<std::uint64_t> rows_{0};
    std::atomic<std::int64_t> changed_{0};
    std::atomic<std::int64_t> broken_since_{0};
};

}  // namespace weir_enrich
