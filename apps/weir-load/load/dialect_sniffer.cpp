#include "dialect_sniffer.hpp"

#include <weir/connectors/csv/parser.hpp>

#include <algorithm>
#include <array>
#include <vector>

#include "raw_record.hpp"
#include "value_parser.hpp"

namespace weir_load::table_load {

namespace {

namespace csv = weir::csv;

constexpr std::array<char, 4> usual_delimiters = {',', ';', '\t', '|'};
constexpr std::size_t looked_at = std::size_t{64} << 10;
constexpr std::size_t records_looked_at = 200;

/// How the first records come out by some rules.
struct fit {
    std::size_t good = 0;
    std::size_t bad = 0;
    std::size_t columns = 0;
};

fit fit_of(std::string_view sample, bool whole, csv::dialect rules) {
    rules.header = csv::header::none;
    csv::parser parser(rules);
    parser.feed(sample);
    if (whole) parser.finish();
    fit found;
    try {
        const auto batch = parser.next();
        if (!batch) return {};
        for (const csv::entry e : *batch) {
            ++(e.ok() ? found.good : found.bad);
            if (found.good + found.bad == records_looked_at) break;
        }
        found.columns = batch->columns().size();
    } catch (const csv::header_error&) {
        return {};  // more columns than can be
    }
    return found;
}

/// How sure one can be of a delimiter: the more records it splits alike, the more.
std::size_t score(const fit& found) {
    if (found.columns < 2) return 0;
    const std::size_t all = found.good + found.bad;
    return 1'000'000 * found.good / all + std::min<std::size_t>(found.columns, 1'000);
}

char sniff_delimiter(std::string_view sample, bool whole, const csv::dialect& rules) {
    char best = ',';
    std::size_t best_score = 0;
    for (const char candidate : usual_delimiters) {
        csv::dialect tried = rules;
        tried.delimiter = candidate;
        if (!csv::validate(tried).ok()) continue;
        const std::size_t its = score(fit_of(sample, whole, tried));
        if (its > best_score) {
            best = candidate;
            best_score = its;
        }
    }
    return best;
}

bool begins_field(std::string_view sample, std::size_t at) {
    constexpr std::string_view before = ",;\t|\r\n";
    return at == 0 || before.find(sample[at - 1]) != before.npos;
}

bool ends_field(std::string_view sample, std::size_t at) {
    constexpr std::string_view behind = ",;\t|\r\n";
    return at + 1 == sample.size() || behind.find(sample[at + 1]) != behind.npos;
}

char sniff_quote(std::string_view sample) {
    std::size_t opened = 0;
    std::size_t closed = 0;
    for (std::size_t i = 0; i < sample.size(); ++i) {
        if (sample[i] == '"' && begins_field(sample, i)) return '"';
        if (sample[i] != '\'') continue;
        opened += begins_field(sample, i) ? 1U : 0U;
        closed += ends_field(sample, i) ? 1U : 0U;
    }
    // An apostrophe may begin a word now and then.
    return opened > 1 && opened == closed ? '\'' : '"';
}

std::string line_end_of(std::string_view sample) {
    std::array<std::size_t, 3> seen{};
    for (std::size_t i = 0; i < sample.size(); ++i) {
        if (sample[i] == '\n') {
            ++seen[i != 0 && sample[i - 1] == '\r' ? 1 : 0];
        } else if (sample[i] == '\r' && i + 1 != sample.size() && sample[i + 1] != '\n') {
            ++seen[2];
        }
    }
    const auto kinds = std::ranges::count_if(seen, [](std::size_t n) { return n != 0; });
    if (kinds == 0) return "none";
    if (kinds > 1) return "mixed";
    return seen[0] != 0 ? "LF" : seen[1] != 0 ? "CRLF" : "CR";
}

/// Fields of the first record, unquoted.
std::vector<std::string> first_fields(std::string_view sample, csv::dialect rules) {
    rules.header = csv::header::none;
    csv::parser parser(rules);
    parser.feed(first_record(sample, rules));
    parser.finish();
    std::vector<std::string> fields;
    try {
        const auto batch = parser.next();
        if (!batch || !(*batch)[0].ok()) return {};
        for (const std::string_view field : (*batch)[0].record()) fields.emplace_back(field);
    } catch (const csv::header_error&) {
        return {"?"};  // said by the reader
    }
    return fields;
}

/// Why the first record is data; empty: it can be a header.
std::string why_no_header(const std::vector<std::string>& fields) {
    if (fields.empty()) return "there is no record";
    for (const auto& field : fields) {
        const std::string_view kind = plain_kind(field);
        if (!kind.empty()) return "its first record has the " + std::string(kind) + " " + field;
    }
    const auto empty = static_cast<std::size_t>(
        std::ranges::count_if(fields, [](const std::string& f) { return f.empty(); }));
    if (empty == fields.size()) return "its first record is empty";
    std::vector<std::string> names = fields;
    std::erase(names, "");
    std::ranges::sort(names);
    const auto twice = std::ranges::adjacent_find(names);
    if (twice != names.end() && fields.size() > 2 && std::ranges::count(names, *twice) > 2) {
        return "its first record has " + *twice + " more than twice";
    }
    return {};
}

void sniff_header(sniffed_dialect& found, std::string_view sample, const told_dialect& told) {
    if (told.header) {
        found.rules.header = *told.header ? csv::header::present : csv::header::none;
        found.header_why = *told.header ? "--header" : "--no-header";
        return;
    }
    const std::string why = why_no_header(first_fields(sample, found.rules));
    found.rules.header = why.empty() ? csv::header::present : csv::header::none;
    found.header_why = why.empty() ? "all fields of the first record are text" : why;
}

}  // namespace

sniffed_dialect sniff_dialect(std::string_view sample, bool whole, const told_dialect& told) {
    const bool all = whole && sample.size() <= looked_at;
    const std::string_view head = sample.substr(0, looked_at);
    sniffed_dialect found;
    found.rules.comment = told.comment;
    found.quotes = told.quote != '\0';
    if (!found.quotes) {
        found.rules.quote = no_quote;
    } else {
        found.rules.quote = told.quote.value_or(told.delimiter == '\'' ? '"' : sniff_quote(head));
    }
    found.rules.delimiter =
        told.delimiter ? *told.delimiter : sniff_delimiter(head, all, found.rules);
    found.line_end = line_end_of(head);
    sniff_header(found, sample, told);
    return found;
}

}  // namespace weir_load::table_load
