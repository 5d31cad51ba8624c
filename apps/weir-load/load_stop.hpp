/// The effect of an interruption on the waits of a load.
#pragma once

#include <weir/connectors/sqlite/database.hpp>

#include <mutex>
#include <stop_token>

namespace weir_load {

/// An interruption ends the current wait for a lock. Before rows are read it also ends all later
/// waits, because there is nothing to keep. Afterwards the load may wait again, to commit the rows
/// it has read.
class load_stop {
public:
    explicit load_stop(const std::stop_token& interrupted)
        : interrupted_(interrupted), on_stop_(interrupted, end_waits{this}) {}

    /// For `sqlite::database_options::stop_waiting`.
    std::stop_token stop_waiting() const noexcept { return nothing_to_keep_.get_token(); }
    bool requested() const noexcept { return interrupted_.stop_requested(); }
    const std::stop_token& token() const noexcept { return interrupted_; }

    /// While it exists, rows are read and kept.
    class reading {
    public:
        reading(load_stop& stop, weir::sqlite::database& db) : stop_(&stop) { stop.set(&db); }
        reading(const reading&) = delete;
        reading& operator=(const reading&) = delete;
        ~reading() { stop_->set(nullptr); }

    private:
        load_stop* stop_;
    };

private:
    struct end_waits {
        load_stop* stop;
        void operator()() const noexcept { stop->end(); }
    };

    void set(weir::sqlite::database* db);
    void end() noexcept;

    std::stop_token interrupted_;
    std::stop_source nothing_to_keep_;
    std::mutex mutex_;
    weir::sqlite::database* reading_into_ = nullptr;  // guarded by mutex_
    std::stop_callback<end_waits> on_stop_;           // last: it uses the other members
};

}  // namespace weir_load
