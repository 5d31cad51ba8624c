/// Decoding of journals.
#pragma once

#include <weir/codec/frames_of.hpp>

#include <weir-enrich/journal/journal.hpp>
#include <weir-enrich/model/string_pool.hpp>

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace weir_enrich {

/// One event: a trade passes, or a table changes. A trade's `received` is as in the journal.
using journal_entry = std::variant<trade, account_update, rate_update>;

/// Decodes the bytes of a journal, given in pieces, into a queue of events. It trusts nothing: an
/// invalid record is an error, and nothing is read after it.
class journal_reader {
public:
    /// The instruments are put into `listed`. `name` is for messages.
    journal_reader(std::string name, string_pool& strings, std::shared_ptr<instrument_table> listed)
        : name_(std::move(name)), strings_(strings), listed_(std::move(listed)) {}

    void feed(std::string_view bytes);
    /// Call it after the last bytes.
    void end();

    /// The events so far. The caller takes them out.
    std::deque<journal_entry>& entries() noexcept { return entries_; }
    /// The header, after it was read.
    const std::optional<journal_header>& header() const noexcept { return header_; }
    /// The error and its position; empty if there is none.
    const std::string& error() const noexcept { return error_; }

private:
    /// A snapshot that is being gathered, and how many of its rows are missing.
    struct gathering {
        table_name table;
        std::uint64_t left;
    };

    // Each returns the error, or an empty text.
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
    string_pool& strings_;
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

/// The header of a journal. Errors: std::system_error, and std::runtime_error if the file is not a
/// journal; both name the file.
journal_header read_header(const std::filesystem::path& file);

}  // namespace weir_enrich
