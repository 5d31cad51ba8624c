#include "support.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace csv_test {
namespace {

void drain(csv::parser& parser, outcome& out, csv::position& reached) {
    while (auto batch = parser.next()) {
        REQUIRE(batch->size() > 0);
        CHECK(batch->covers().begin == reached);
        reached = batch->covers().end;
        std::size_t errors = 0;
        for (const csv::entry e : *batch) {
            out.items.push_back(own(e));
            errors += e.ok() ? 0 : 1;
        }
        CHECK(errors == batch->errors());
    }
}

// The reference reader's idea of one record: where it ends, or how things stood at `stop`.
struct raw_record {
    std::vector<std::string> fields;
    std::size_t end = 0;   // of its text
    std::size_t next = 0;  // after its line end
    bool ended = false;
    bool in_quotes = false;
    std::size_t quote = 0;         // where the last quoted field began
    std::size_t spoiled = 0;       // the field with text after its closing quote, from 1
    std::size_t quoted_field = 0;  // number of the last quoted field
};

std::size_t line_end_size(std::string_view text, std::size_t i) {
    if (i >= text.size()) return 0;
    if (text[i] == '\n') return 1;
    if (text[i] != '\r') return 0;
    return i + 1 < text.size() && text[i + 1] == '\n' ? 2 : 1;
}

raw_record read_record(std::string_view text, std::size_t begin, std::size_t stop,
                       const csv::dialect& rules) {
    raw_record r;
    std::string field;
    bool at_start = true;
    std::size_t i = begin;
    while (i < stop) {
        const char c = text[i];
        if (r.in_quotes) {
            if (c != rules.quote) {
                field += c;
                ++i;
            } else if (i + 1 < text.size() && text[i + 1] == rules.quote) {
                field += c;
                i += 2;
            } else {
                r.in_quotes = false;
                ++i;
                const bool fine =
                    i == text.size() || text[i] == rules.delimiter || line_end_size(text, i) != 0;
                if (!fine && r.spoiled == 0) r.spoiled = r.fields.size() + 1;
            }
        } else if (c == rules.quote && at_start) {
            r.in_quotes = true;
            r.quote = i++;
            r.quoted_field = r.fields.size() + 1;
            at_start = false;
        } else if (c == rules.delimiter) {
            r.fields.push_back(field);
            field.clear();
            at_start = true;
            ++i;
        } else if (const std::size_t size = line_end_size(text, i); size != 0) {
            r.fields.push_back(field);
            r.end = i;
            r.next = i + size;
            r.ended = true;
            return r;
        } else {
            field += c;
            at_start = false;
            ++i;
        }
    }
    if (stop == text.size() && !r.in_quotes) {
        r.fields.push_back(field);
        r.end = r.next = stop;
        r.ended = true;
    }
    return r;
}

// The first line end at or after `i`, or the end of the text.
std::size_t find_line_end(std::string_view text, std::size_t i) {
    while (i < text.size() && line_end_size(text, i) == 0) ++i;
    return i;
}

std::uint64_t count_lines(std::string_view text) {
    std::uint64_t lines = 0;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t size = line_end_size(text, i);
        lines += size != 0 ? 1 : 0;
        i += std::max<std::size_t>(size, 1);
    }
    return lines;
}

}  // namespace

outcome parse(std::string_view text, const csv::dialect& rules, std::size_t piece,
              const csv::detail::named_classifier& way) {
    outcome out;
    csv::parser parser{rules};
    parser.use(way);
    csv::position reached;
    try {
        for (std::size_t i = 0; i < text.size(); i += piece) {
            const std::string_view part = text.substr(i, piece);
            const std::vector<char> exact(part.begin(), part.end());
            parser.feed({exact.data(), exact.size()});
            drain(parser, out, reached);
        }
        parser.finish();
        drain(parser, out, reached);
    } catch (const csv::header_error&) {
        CHECK(out.items.empty());
        out.header_failed = true;
        return out;
    }
    if (parser.known_columns()) out.columns = parser.known_columns()->names();
    return out;
}

outcome reference(std::string_view text, const csv::dialect& rules) {
    outcome out;
    std::size_t width = 0;
    std::size_t i = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    while (i < text.size()) {
        item record{{1 + count_lines(text.substr(0, i)), i}, csv::fault::none, {}, 0, 0, {}};
        if (rules.comment && text[i] == *rules.comment) {
            i = find_line_end(text, i);
            i += line_end_size(text, i);
            continue;
        }
        raw_record raw = read_record(text, i, text.size(), rules);
        const std::size_t length = (raw.ended ? raw.end : text.size()) - i;
        if (length == 0 && width != 1) {
            i = raw.next;
            continue;
        }
        if (length > rules.max_record_size) {
            const std::size_t bound = i + rules.max_record_size;
            raw = read_record(text, i, bound, rules);
            record.reason = csv::fault::record_too_large;
            record.field = raw.fields.size() + 1;
            raw.end = find_line_end(text, raw.in_quotes ? raw.quote + 1 : bound);
            raw.next = raw.end + line_end_size(text, raw.end);
        } else if (!raw.ended) {
            record.reason = csv::fault::unclosed_quote;
            record.field = raw.quoted_field;
            raw.end = find_line_end(text, raw.quote + 1);
            raw.next = raw.end + line_end_size(text, raw.end);
        } else if (raw.spoiled != 0) {
            record.reason = csv::fault::text_after_quote;
            record.field = raw.spoiled;
        } else if (width != 0 && raw.fields.size() != width) {
            record.reason = csv::fault::wrong_field_count;
            record.field = raw.fields.size();
        }
        if (record.reason != csv::fault::none) {
            record.length = raw.end - i;
            const bool cut = record.reason == csv::fault::record_too_large;
            record.text =
                text.substr(i, cut ? std::min({raw.end - i, csv::record_error::excerpt_size,
                                               rules.max_record_size})
                                   : raw.end - i);
        }
        if (width == 0) {
            if (record.reason != csv::fault::none) {
                if (rules.header == csv::header::none) {
                    out.items.push_back(std::move(record));
                    i = raw.next;
                    continue;
                }
                out.header_failed = true;
                return out;
            }
            width = raw.fields.size();
            if (rules.header == csv::header::present) {
                out.columns = raw.fields;
                i = raw.next;
                continue;
            }
        }
        if (record.reason == csv::fault::none) record.fields = raw.fields;
        out.items.push_back(std::move(record));
        i = raw.next;
    }
    out.header_failed = width == 0 && rules.header == csv::header::present;
    return out;
}

std::vector<csv::dialect> dialects() {
    std::vector<csv::dialect> all;
    for (const csv::header header : {csv::header::present, csv::header::none}) {
        for (const bool comments : {false, true}) {
            for (const std::size_t size :
                 {std::size_t{1} << 24, std::size_t{100}, std::size_t{7}, std::size_t{1}}) {
                csv::dialect d;
                d.header = header;
                if (comments) d.comment = '#';
                d.max_record_size = size;
                all.push_back(d);
                d.delimiter = ';';
                d.quote = '\'';
                if (comments) d.comment = ',';
                all.push_back(d);
            }
        }
    }
    return all;
}

std::string nasty_text(std::mt19937& random, const csv::dialect& rules, std::size_t longest) {
    // Plain letters are scarce here; every third text has many, so that records come out well.
    std::string alphabet{"a\r\n"};
    alphabet += rules.delimiter;
    alphabet += rules.quote;
    alphabet += rules.comment.value_or('#');
    switch (random() % 3) {
        case 0:
            alphabet += "bcdefgh\n";
            break;
        case 1:
            alphabet += rules.quote;
            break;
        default:
            break;
    }
    std::string text;
    if (random() % 8 == 0) text = "\xEF\xBB\xBF";
    if (random() % 2 == 0) text += std::string{"x"} + rules.delimiter + "y\n";
    for (std::size_t n = random() % (longest + 1); n != 0; --n)
        text += alphabet[random() % alphabet.size()];
    return text;
}

}  // namespace csv_test
