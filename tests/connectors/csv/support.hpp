// What the CSV tests share: results as plain data, ways to feed a parser, and a reference reader.
#pragma once

#include <weir/connectors/csv/parser.hpp>

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace csv_test {

namespace csv = weir::csv;

// An entry that owns its contents.
struct item {
    csv::position where;
    csv::fault reason = csv::fault::none;
    std::vector<std::string> fields;  // of a good one
    std::uint64_t length = 0;         // of a bad one, as the next two
    std::size_t field = 0;
    std::string text;

    friend bool operator==(const item&, const item&) = default;
};

inline std::ostream& operator<<(std::ostream& out, const item& i) {
    out << i.where.line << '@' << i.where.offset << ' ';
    for (const std::string& f : i.fields) out << '<' << f << '>';
    if (i.reason != csv::fault::none) {
        out << "fault " << int{static_cast<std::uint8_t>(i.reason)} << " field " << i.field
            << " length " << i.length << " text <" << i.text << '>';
    }
    return out;
}

struct outcome {
    std::vector<std::string> columns;
    std::vector<item> items;
    bool header_failed = false;

    friend bool operator==(const outcome&, const outcome&) = default;
};

inline std::ostream& operator<<(std::ostream& out, const outcome& o) {
    out << (o.header_failed ? "header failed\n" : "columns ");
    for (const std::string& c : o.columns) out << '<' << c << '>';
    for (const item& i : o.items) out << "\n  " << i;
    return out;
}

inline item own(csv::entry e) {
    if (e.ok()) {
        const csv::record r = e.record();
        return {r.where(), csv::fault::none, {r.begin(), r.end()}, 0, 0, {}};
    }
    const csv::record_error bad = e.error();
    return {bad.where, bad.reason, {}, bad.length, bad.field, std::string{bad.text}};
}

// Feeds `text` in pieces of `piece` bytes and collects what comes; checks that ranges tile the
// input. The pieces are heap blocks of their exact size, so that ASan sees a read beyond them.
outcome parse(std::string_view text, const csv::dialect& rules, std::size_t piece,
              const csv::detail::named_classifier& way = csv::detail::classifiers().front());

// The same records by a state machine that looks at one byte at a time and knows nothing of blocks.
outcome reference(std::string_view text, const csv::dialect& rules);

// Dialects that between them use every option.
std::vector<csv::dialect> dialects();

// A text of up to `longest` bytes drawn from the bytes that matter to `rules`.
std::string nasty_text(std::mt19937& random, const csv::dialect& rules, std::size_t longest);

}  // namespace csv_test
