#include "journal_reader.hpp"

#include <fmt/format.h>
#include <weir-enrich/endpoints/byte_file.hpp>
#include <weir-enrich/model/row_rules.hpp>

#include <concepts>
#include <limits>
#include <stdexcept>
#include <type_traits>

namespace weir_enrich {

namespace {

/// True if a frame of `T` is a row of the table.
template <class T>
bool is_row_of(table_name table) {
    switch (table) {
        case table_name::instruments:
            return std::same_as<T, instrument>;
        case table_name::accounts:
            return std::same_as<T, account>;
        default:
            return std::same_as<T, rate>;
    }
}

constexpr std::string_view a_row_that_cannot_be = "a row that cannot be";

}  // namespace

void journal_reader::feed(std::string_view bytes) {
    if (!error_.empty()) return;
    const auto on_value = [this]<class T>(T&& what) {
        const std::string_view wrong = take_in_order(what);
        return wrong.empty() || fail(frames_.place().offset, wrong);
    };
    const auto on_fault = [this](const weir::codec::fault& f) {
        error_ = fmt::format("{}: {}", name_, f.message());
        return false;
    };
    frames_.feed(bytes, on_value, on_fault);
    fed_ += bytes.size();
}

void journal_reader::end() {
    if (!error_.empty()) return;
    const auto none = [](auto&&) {};
    frames_.end(none, [this](const weir::codec::fault& f) {
        error_ = fmt::format("{}: {}", name_, f.message());
    });
    if (error_.empty() && !ended_) fail(fed_, "the journal was cut off: it has no end");
}

bool journal_reader::fail(std::uint64_t offset, std::string_view why) {
    error_ = fmt::format("{}: byte {}: {}", name_, offset, why);
    return false;
}

template <class T>
std::string_view journal_reader::take_in_order(const T& what) {
    if (!header_ && !std::same_as<T, journal_header>) return "is no journal of weir-enrich";
    if (ended_) return "something stands behind the journal's end";
    if (snapshot_ && !is_row_of<T>(snapshot_->table)) return "the snapshot lacks rows";
    return take(what);
}

std::string_view journal_reader::take(const journal_header& h) {
    if (header_) return "a second header";
    if (h.version != journal_version) return "the journal is of another version of weir-enrich";
    header_ = h;
    return {};
}

std::string_view journal_reader::take(const table_event& e) {
    // The join with the rates is the last one. While it waits for them it asks for nothing else.
    if (e.table == table_name::accounts && !rates_complete_) return "accounts before the rates";
    if (e.change == table_change::snapshot) return start_snapshot(e.table, e.number);
    switch (e.table) {
        case table_name::accounts:
            return change<account_update>(e, accounts_complete_);
        case table_name::rates:
            return change<rate_update>(e, rates_complete_);
        default:
            return "instruments do not change";
    }
}

template <class Update>
std::string_view journal_reader::change(const table_event& e, bool& complete) {
    using key = typename Update::key_type;
    switch (e.change) {
        case table_change::remove:
            if (e.number > std::numeric_limits<key>::max()) return "a key that cannot be";
            entries_.emplace_back(Update::remove(static_cast<key>(e.number)));
            return {};
        case table_change::complete:
            complete = true;
            entries_.emplace_back(Update::complete());
            return {};
        default:
            complete = false;
            entries_.emplace_back(Update::start_over());
            return {};
    }
}

std::string_view journal_reader::start_snapshot(table_name table, std::uint64_t rows) {
    if (table == table_name::instruments) {
        if (trades_ != 0 || !listed_->empty()) return "instruments do not change";
    } else if (table == table_name::accounts) {
        accounts_ = std::make_shared<account_table>();
    } else {
        rates_ = std::make_shared<rate_table>();
    }
    // One more, so that an empty snapshot ends like the others.
    snapshot_ = gathering{table, rows + 1};
    take_snapshot_row();
    return {};
}

/// Counts a row; the last one completes the snapshot.
void journal_reader::take_snapshot_row() {
    if (--snapshot_->left != 0) return;
    if (snapshot_->table == table_name::accounts) {
        accounts_complete_ = true;
        entries_.emplace_back(account_update::replace(std::move(accounts_)));
    } else if (snapshot_->table == table_name::rates) {
        rates_complete_ = true;
        entries_.emplace_back(rate_update::replace(std::move(rates_)));
    }
    snapshot_.reset();
}

template <class Update>
void journal_reader::put(typename Update::key_type key, const typename Update::mapped_type& row,
                         typename Update::table_type* snapshot) {
    if (!snapshot_) {
        entries_.emplace_back(Update::put(key, row));
        return;
    }
    snapshot->insert_or_assign(key, row);
    take_snapshot_row();
}

std::string_view journal_reader::take(instrument row) {
    if (!snapshot_) return "instruments do not change";
    if (!is_currency(row.currency)) return "a currency must have 1 to 8 characters";
    if (admit(row, strings_)) return a_row_that_cannot_be;
    listed_->insert_or_assign(row.instrument_id, row);
    take_snapshot_row();
    return {};
}

std::string_view journal_reader::take(account row) {
    if (!rates_complete_) return "accounts before the rates";
    if (admit(row, strings_)) return a_row_that_cannot_be;
    put<account_update>(row.user_id, row, accounts_.get());
    return {};
}

std::string_view journal_reader::take(rate row) {
    if (!is_currency(row.currency)) return "a currency must have 1 to 8 characters";
    if (admit(row, strings_)) return a_row_that_cannot_be;
    put<rate_update>(key_of(row.currency), row, rates_.get());
    return {};
}

std::string_view journal_reader::take(const recorded_trade& t) {
    if (!accounts_complete_ || !rates_complete_) return "a trade before the tables";
    ++trades_;
    entries_.emplace_back(static_cast<const trade&>(t));
    return {};
}

std::string_view journal_reader::take(const journal_end& e) {
    if (e.trades != trades_) return "the journal lacks trades, or has too many";
    ended_ = true;
    return {};
}

journal_header read_header(const std::filesystem::path& file) {
    endpoint p;
    p.kind = endpoint_kind::file;
    p.path = file.string();
    byte_reader bytes(p);
    string_pool none;
    journal_reader reader(p.path, none, std::make_shared<instrument_table>());
    // More bytes than a header has.
    reader.feed(bytes.read(256));
    if (reader.header()) return *reader.header();
    if (reader.error().empty()) reader.end();
    throw std::runtime_error(reader.error());
}

}  // namespace weir_enrich
