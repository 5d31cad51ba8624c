// Recording and replaying: the same bytes again, and what is said of a journal that is broken.

#include <weir/codec/frame_write.hpp>

#include <doctest/doctest.h>
#include <weir-enrich/journal/journal_reader.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

using namespace weir_enrich;
using weir::codec::append_frame;

namespace {

struct read_journal {
    explicit read_journal(const std::string& bytes) {
        journal_reader reader("x.journal", kept, listed);
        // In pieces, as a file is read.
        for (std::size_t at = 0; at < bytes.size(); at += 50) {
            reader.feed(std::string_view(bytes).substr(at, 50));
        }
        reader.end();
        entries = std::move(reader.entries());
        error = reader.error();
    }
    /// A letter for each entry: a trade, or a change of accounts or rates.
    std::string kinds() const {
        std::string letters;
        for (const journal_entry& e : entries) letters += "tar"[e.index()];
        return letters;
    }

    string_pool kept;
    std::shared_ptr<instrument_table> listed = std::make_shared<instrument_table>();
    std::deque<journal_entry> entries;
    std::string error;
};

template <class... Frame>
std::string frames(const Frame&... all) {
    std::string bytes;
    (append_frame(bytes, all), ...);
    return bytes;
}

const instrument acme{1, "ACME", "Acme", "EUR", 0.5, 0};
const account ann{10, "Ann", "gold", 0.25};
const rate euro{"EUR", 2};

table_event snapshot(table_name table, std::uint64_t rows) {
    return {table, table_change::snapshot, rows};
}
std::string begun() {
    return frames(journal_header(), snapshot(table_name::instruments, 1), acme,
                  snapshot(table_name::rates, 1), euro, snapshot(table_name::accounts, 1), ann);
}
std::string error_of(const std::string& bytes) {
    return read_journal(bytes).error;
}
std::string error_at(std::size_t offset, const std::string& why) {
    return "x.journal: byte " + std::to_string(offset) + ": " + why;
}

}  // namespace

TEST_CASE("a journal is read as what was done, in order") {
    recorded_trade t;
    t.trade_id = 7;
    const read_journal all(
        begun() + frames(t, ann, table_event{table_name::accounts, table_change::remove, 10}, t,
                         euro, snapshot(table_name::rates, 0),
                         table_event{table_name::rates, table_change::start_over, 0},
                         table_event{table_name::rates, table_change::complete, 0}, t,
                         journal_end{3}));
    CHECK(all.error.empty());
    CHECK(all.kinds() == "rataatrrrrt");
    CHECK(std::get<trade>(all.entries[2]).trade_id == 7);
    REQUIRE(all.listed->contains(1));
    CHECK(all.listed->at(1).rate_key == key_of("EUR"));
    CHECK(all.listed->at(1).symbol == "ACME");
}

TEST_CASE("a journal that is cut anywhere says where, and what was read of it stays") {
    recorded_trade t;
    const std::string first = begun() + frames(t);
    const std::string whole = first + frames(t, journal_end{2});
    CHECK(error_of(whole).empty());
    for (std::size_t size = first.size() + 1; size != whole.size(); ++size) {
        const read_journal cut(whole.substr(0, size));
        REQUIRE(cut.error.starts_with("x.journal: byte "));
        REQUIRE(cut.kinds().starts_with("rat"));
    }
    CHECK(error_of(first) == error_at(first.size(), "the journal was cut off: it has no end"));
    std::string damaged = whole;
    damaged[first.size() + 20] ^= 1;
    CHECK(error_of(damaged) ==
          error_at(first.size(), "the frame is damaged: its checksum is wrong"));
}

TEST_CASE("a journal that makes no sense is refused where it does not") {
    const std::string b = begun();
    const std::string h = frames(journal_header());
    const recorded_trade t;
    CHECK(error_of(frames(t)) == error_at(0, "is no journal of weir-enrich"));
    CHECK(error_of(frames(journal_header{2, on_missing::drop})) ==
          error_at(0, "the journal is of another version of weir-enrich"));
    CHECK(error_of(b + h) == error_at(b.size(), "a second header"));
    CHECK(error_of(h + frames(t)) == error_at(h.size(), "a trade before the tables"));
    CHECK(error_of(h + frames(ann)) == error_at(h.size(), "accounts before the rates"));
    CHECK(error_of(b + frames(acme)) == error_at(b.size(), "instruments do not change"));
    CHECK(error_of(b + frames(journal_end{1})) ==
          error_at(b.size(), "the journal lacks trades, or has too many"));
    const std::string ended = b + frames(journal_end());
    CHECK(error_of(ended + frames(t)) ==
          error_at(ended.size(), "something stands behind the journal's end"));
    const std::string lacking = b + frames(snapshot(table_name::accounts, 2), ann);
    CHECK(error_of(lacking + frames(t)) == error_at(lacking.size(), "the snapshot lacks rows"));
    const table_event huge{table_name::accounts, table_change::remove, ~std::uint64_t{0}};
    CHECK(error_of(b + frames(huge)) == error_at(b.size(), "a key that cannot be"));
    CHECK(error_of(b + frames(rate{"too long a name", 1})) ==
          error_at(b.size(), "a currency must have 1 to 8 characters"));
}
