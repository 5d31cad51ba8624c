/// The strings of rows, which trades borrow.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace weir_enrich {

class string_pool;

/// The strings of one row, in one block of memory. The row's views point into it, and copies of the
/// row share it. After the last copy is gone and no trade borrows the strings, `string_pool` frees
/// the block.
class row_strings {
public:
    row_strings() noexcept = default;
    row_strings(const row_strings& other) noexcept : block_(other.block_) {
        if (block_) block_->holders.fetch_add(1, std::memory_order_relaxed);
    }
    row_strings(row_strings&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
    row_strings& operator=(row_strings other) noexcept {
        std::swap(block_, other.block_);
        return *this;
    }
    ~row_strings() {
        if (block_) release(block_);
    }

private:
    friend class string_pool;

    /// The strings follow it in memory.
    struct block {
        explicit block(string_pool* t) noexcept : owner(t) {}

        std::atomic<std::uint32_t> holders{1};
        union {
            string_pool* owner;  // while there are holders
            block* next;         // in a list of `owner`, afterwards
        };
    };

    explicit row_strings(block* b) noexcept : block_(b) {}
    static void release(block* b) noexcept;

    block* block_ = nullptr;
};

/// While a pin exists, the strings stay that trades have borrowed (`string_pool::pin`). Several
/// threads may not use one pin; each may have its own copy.
class string_pin {
public:
    string_pin() noexcept = default;
    string_pin(const string_pin& other) noexcept : holders_(other.holders_) {
        if (holders_) holders_->fetch_add(1, std::memory_order_relaxed);
    }
    string_pin(string_pin&& other) noexcept : holders_(std::exchange(other.holders_, nullptr)) {}
    string_pin& operator=(string_pin other) noexcept {
        std::swap(holders_, other.holders_);
        return *this;
    }
    ~string_pin() {
        // Release: `collect` acquires the count before it frees strings, so all reads are over
        // then.
        if (holders_) holders_->fetch_sub(1, std::memory_order_release);
    }

private:
    friend class string_pool;
    using count = std::atomic<std::uint64_t>;

    explicit string_pin(count& holders) noexcept : holders_(&holders) {
        holders.fetch_add(1, std::memory_order_relaxed);
    }

    count* holders_ = nullptr;
};

/// Holds the strings of rows. A joined trade carries views of a row's strings, and the row may be
/// replaced while the trade is on its way. So the strings of a row may be freed only after all
/// trades are written that can have been joined with it.
///
/// Epochs solve this without a count for each trade: each chunk of trades has a `string_pin`. There
/// are at most two epochs. `collect` ends the current epoch if rows have released strings in it and
/// the epoch before is over. The strings are freed when the last pin of the ended epoch is gone.
///
/// Any thread may call `intern` and `store`, and any may destroy rows. Only the strand that joins
/// may call `pin` and `collect`. Must outlive all rows and all pins.
class string_pool {
public:
    string_pool() = default;
    string_pool(const string_pool&) = delete;
    string_pool& operator=(const string_pool&) = delete;
    ~string_pool();

    /// Stores a string until the pool is destroyed, and equal ones once: for tables that never
    /// change.
    std::string_view intern(std::string_view text);
    /// Copies the strings of a row, and makes the views point to the copies. No view is null then.
    row_strings store(std::initializer_list<std::string_view*> all);

    /// A pin for the trades that are joined from now until the next call of `collect`.
    string_pin pin() noexcept { return string_pin(holders_[current_]); }
    /// Frees some of the strings that can be freed. Precondition: each trade that was joined has a
    /// pin, or is gone. Cost: two loads when there is nothing to do; at most `most_freed` blocks
    /// are freed.
    void collect() noexcept;
    static constexpr std::size_t most_freed = 2'048;  // a poll of the joins releases no more

    /// How many rows have strings here, with those that wait to be freed.
    std::size_t blocks() const noexcept { return blocks_.load(std::memory_order_relaxed); }

private:
    friend class row_strings;
    using block = row_strings::block;

    void retire(block* b) noexcept;
    /// Frees at most `most` blocks, and returns the rest of the list.
    block* free_some(block* list, std::size_t most) noexcept;

    std::mutex mutex_;
    std::unordered_set<std::string> interned_;

    std::atomic<std::size_t> blocks_{0};
    // A stack. Any thread pushes with release. `collect` takes all of it with acquire, so it sees
    // the final state of the blocks.
    std::atomic<block*> retired_{nullptr};

    // Only the strand uses the rest, except that any thread may decrement a count of pins (see
    // `~string_pin`).
    std::array<string_pin::count, 2> holders_{};
    unsigned current_ = 0;  // the epoch that `pin` uses
    block* waiting_ =
        nullptr;             // let go of before the other epoch ended: free when its holds are gone
    block* free_ = nullptr;  // may be freed
};

}  // namespace weir_enrich
