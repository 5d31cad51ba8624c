/// What is known of a table from outside.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

#include "counts.hpp"
#include "now.hpp"
#include "time_text.hpp"

namespace weir_enrich {

/// How a table is. One writes, any thread may read: each number is for people to look at, and
/// orders nothing, so relaxed does.
class table_state {
public:
    /// A change is on its way to the join.
    void change(std::uint64_t rows_now) noexcept {
        version_.add(1);
        rows_.store(rows_now, std::memory_order_relaxed);
        changed_.store(now(), std::memory_order_relaxed);
        mend();
    }
    /// A refresh has failed: what is in use may be out of date from now on.
    void fail() noexcept {
        if (broken_since() == 0) broken_since_.store(now(), std::memory_order_relaxed);
    }
    /// It is up to date again.
    void mend() noexcept { broken_since_.store(0, std::memory_order_relaxed); }
    /// An update made no sense, and was left out.
    void refuse() noexcept { refused_.add(1); }

    std::uint64_t version() const noexcept { return version_.value(); }
    std::uint64_t rows() const noexcept { return rows_.load(std::memory_order_relaxed); }
    std::uint64_t refused() const noexcept { return refused_.value(); }
    /// Nanoseconds since the last change.
    double age() const noexcept {
        return static_cast<double>(now() - changed_.load(std::memory_order_relaxed));
    }
    /// When its refresh began to fail: see `now`; 0: it does not.
    std::int64_t broken_since() const noexcept {
        return broken_since_.load(std::memory_order_relaxed);
    }

    /// What a refresh that failed leaves, as the end of a sentence.
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
