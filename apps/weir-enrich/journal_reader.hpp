/// Makes changes and trades of a journal's bytes.
#pragma once

#include <weir/codec/frames_of.hpp>

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "journal.hpp"
#include "texts.hpp"

namespace weir_enrich {

/// What is done next: a trade passes, or a table changes. A trade's `received` is as in the
/// journal.
using journal_entry = std::variant<trade, account_update, rate_update>;

/// Fed the bytes of a journal in pieces, it queues what they say. Trusts nothing in them: what
/// makes no sense is an error, and nothing is read beyond it.
class journal_reader {
public:
    /// The instruments are put into `listed`. `name` is for messages.
    journal_reader(std::string name, texts& texts, std::shared_ptr<instrument_table> listed)
        : name_(std::move(name)), texts_(texts), listed_(std::move(listed)) {}

    void feed(std::string_view bytes);
    /// There are no more bytes.
    void end();

    /// What was read, for the caller to take.
    std::deque<journal_entry>& entries() noexcept { return entries_; }
    /// The header, once it was read.
    const std::optional<journal_header>& header() const noexcept { return header_; }
    /// What is wrong, and where; empty while nothing is.
    const std::string& error() const noexcept { return error_; }

private:
    /// A snapshot that is being gathered, and how many of its rows are still to come.
    struct gathering {
        table_name table;
        std::uint64_t left;
    };

    // Each returns what is wrong, or nothing.
    std::string_view take(const journal_header& h);
    std::string_view take(const table_event& e);
    std::string_view take(instrument row);
    std::string_view take(account row);
    std::string_view take(rate row);
    std::string_view take(const recorded_trade& t);
    std::string_view take(const journal_end& e);
    template <class T>
    std::string_view take_in_order(const T& what);

    std::string_view start_snapshot(table_name table, std::uint64_t rows);
    void take_snapshot_row();
    template <class Update>
    std::string_view change(const table_event& e, bool& complete);
    template <class Update>
    void put(typename Update::key_type key, const typename Update::mapped_type& row,
             typename Update::table_type* snapshot);
    /// Returns false.
    bool fail(std::uint64_t offset, std::string_view why);

    std::string name_;
    texts& texts_;
    weir::codec::frames_of<journal_header, table_event, instrument, account, rate, recorded_trade,
                           journal_end>
        frames_;
    std::deque<journal_entry> entries_;
    std::optional<journal_header> header_;
    std::optional<gathering> snapshot_;
    std::shared_ptr<instrument_table> listed_;
    std::shared_ptr<account_table> accounts_;  // of the snapshot
    std::shared_ptr<rate_table> rates_;        // likewise
    bool accounts_complete_ = false;
    bool rates_complete_ = false;
    std::uint64_t trades_ = 0;
    std::uint64_t fed_ = 0;
    bool ended_ = false;
    std::string error_;
};

/// The header of a journal. Errors: std::system_error, and std::runtime_error for what is no
/// journal; they name the file.
journal_header read_header(const std::filesystem::path& file);

}  // namespace weir_enrich
