/// Texts of rows, which trades borrow.
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

class texts;

/// The texts of one row, in one piece of memory. Copies of a row share it; the row's views point
/// into it. When the last row lets go of it, `texts` frees it, once no trade borrows it.
class row_texts {
public:
    row_texts() noexcept = default;
    row_texts(const row_texts& other) noexcept : block_(other.block_) {
        if (block_) block_->holders.fetch_add(1, std::memory_order_relaxed);
    }
    row_texts(row_texts&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
    row_texts& operator=(row_texts other) noexcept {
        std::swap(block_, other.block_);
        return *this;
    }
    ~row_texts() {
        if (block_) let_go(block_);
    }

private:
    friend class texts;

    /// The texts follow.
    struct block {
        explicit block(texts* t) noexcept : owner(t) {}

        std::atomic<std::uint32_t> holders{1};
        union {
            texts* owner;  // while there are holders
            block* next;   // in a list of `owner`, afterwards
        };
    };

    explicit row_texts(block* b) noexcept : block_(b) {}
    static void let_go(block* b) noexcept;

    block* block_ = nullptr;
};

/// While it is there, texts stay that trades have borrowed (`texts::hold`). Thread-safe as an int:
/// each thread has copies of its own.
class text_hold {
public:
    text_hold() noexcept = default;
    text_hold(const text_hold& other) noexcept : holders_(other.holders_) {
        if (holders_) holders_->fetch_add(1, std::memory_order_relaxed);
    }
    text_hold(text_hold&& other) noexcept : holders_(std::exchange(other.holders_, nullptr)) {}
    text_hold& operator=(text_hold other) noexcept {
        std::swap(holders_, other.holders_);
        return *this;
    }
    ~text_hold() {
        // Release: whoever frees the texts has acquired this, and so the reading is over.
        if (holders_) holders_->fetch_sub(1, std::memory_order_release);
    }

private:
    friend class texts;
    using count = std::atomic<std::uint64_t>;

    explicit text_hold(count& holders) noexcept : holders_(&holders) {
        holders.fetch_add(1, std::memory_order_relaxed);
    }

    count* holders_ = nullptr;
};

/// Where the texts of rows live. A trade that met a row carries views of its texts, while the row
/// may be replaced; so the texts of a row that is gone are freed only when all trades are written
/// that can have met it. That is seen to by epochs, and not trade by trade: who gathers trades has
/// a `text_hold` for each run of them. There are at most two epochs. `collect` ends the current one
/// when texts have been let go of since it began and the one before is over; they are freed when
/// the last hold of the epoch that ended is gone.
///
/// `keep` and `share` may be called by any thread, and rows may be destroyed by any. `hold` and
/// `collect` belong to the strand that joins. Must outlive all rows and all holds.
class texts {
public:
    texts() = default;
    texts(const texts&) = delete;
    texts& operator=(const texts&) = delete;
    ~texts();

    /// Keeps a text for good, and each once: for tables that stand still.
    std::string_view keep(std::string_view text);
    /// Copies texts of a row, and has the views point to the copies. None of them is null then.
    row_texts share(std::initializer_list<std::string_view*> all);

    /// For trades that are joined from now on, until `collect` is called next.
    text_hold hold() noexcept { return text_hold(holders_[current_]); }
    /// Frees some of what can be freed. Precondition: each trade that was joined has a hold, or is
    /// gone. Cost: two loads when there is nothing to do; at most `most_freed` blocks are freed.
    void collect() noexcept;
    static constexpr std::size_t most_freed = 2'048;  // the joins let go of no more in a poll

    /// How many rows' texts there are, those that wait to be freed included.
    std::size_t blocks() const noexcept { return blocks_.load(std::memory_order_relaxed); }

private:
    friend class row_texts;
    using block = row_texts::block;

    void retire(block* b) noexcept;
    /// Frees at most so many, and returns what is left.
    block* free_some(block* list, std::size_t most) noexcept;

    std::mutex mutex_;
    std::unordered_set<std::string> kept_;

    std::atomic<std::size_t> blocks_{0};
    // A stack. Any thread adds with release; `collect` takes all of it with acquire, so that it
    // sees the blocks as they were left.
    std::atomic<block*> retired_{nullptr};

    // The rest is the strand's, but for the holds' going (see `~text_hold`).
    std::array<text_hold::count, 2> holders_{};
    unsigned current_ = 0;  // the epoch whose holds are given out
    block* waiting_ =
        nullptr;             // let go of before the other epoch ended: free when its holds are gone
    block* free_ = nullptr;  // may be freed
};

}  // namespace weir_enrich
