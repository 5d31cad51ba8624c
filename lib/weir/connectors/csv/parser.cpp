#include <weir/connectors/csv/parser.hpp>

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <utility>
#include <vector>

namespace weir::csv {
namespace {

// The number of 64-byte chunks that are classified before they are parsed, so their masks stay in
// L1.
constexpr std::size_t stretch_chunks = 32;

// Offsets in a block have 32 bits, and the top bit of a field's end is used as a mark; see
// `escaped`.
constexpr std::size_t largest_block = std::size_t{1} << 31;

// Marks a field that holds doubled quotes, until its record ends.
constexpr std::uint32_t escaped = std::uint32_t{1} << 31;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

constexpr std::uint32_t narrow(std::size_t n) noexcept {
    return static_cast<std::uint32_t>(n);
}

dialect checked(const dialect& rules) {
    if (const absl::Status s = validate(rules); !s.ok()) {
        throw std::invalid_argument{std::string{s.message()}};
    }
    return rules;
}

/// For a batch of bad records, before the first good one of a file without header.
std::shared_ptr<const columns> columns_not_known() {
    static const auto none = std::make_shared<const columns>(std::size_t{0});
    return none;
}

}  // namespace

header_error::header_error(position where, const std::string& reason)
    : weir::error{absl::StrCat("line ", where.line, ", byte ", where.offset, ": ", reason)},
      where_{where} {}

/// Some classified chunks: masks of the bytes from `begin` to `end`. The last chunk may be partial.
struct parser::stretch {
    std::size_t begin;
    std::size_t end;
    std::size_t chunks;
    detail::masks marks[stretch_chunks];
};

parser::parser(const dialect& rules)
    : rules_{checked(rules)},
      needles_{rules.delimiter, rules.quote, rules.comment.value_or(rules.quote)},
      classify_{detail::classifiers().front().function},
      pool_{std::make_shared<detail::block_pool>()},
      block_{pool_->take()} {
    block_->reserve(0, 0);
}

parser::parser(const dialect& rules, position start, csv::columns known) : parser{rules} {
    const bool may_be_unknown = rules.header == header::none;
    if ((known.size() == 0 && !may_be_unknown) || known.size() > max_columns) {
        throw std::invalid_argument{
            absl::StrCat("csv: cannot resume with ", known.size(), " columns")};
    }
    if (known.size() != 0) {
        most_fields_ = known.size();
        columns_ = std::make_shared<const csv::columns>(std::move(known));
    }
    block_->origin = batch_begin_ = start;
    line_ = record_line_ = start.line;
    at_file_start_ = start.offset == 0;
}

// ------------------------------------------------------------------------------------- input

std::span<char> parser::prepare(std::size_t size) {
    if (size >= largest_block - size_) {
        throw std::length_error{"csv: more than 2 GiB of input at a time"};
    }
    block_->reserve(size_ + size, size_);
    return {block_->text() + size_, size};
}

void parser::commit(std::size_t size) noexcept {
    assert(!finished_ && size <= block_->capacity - size_);
    size_ += size;
}

void parser::feed(std::string_view bytes) {
    if (bytes.empty()) return;
    std::memcpy(prepare(bytes.size()).data(), bytes.data(), bytes.size());
    commit(bytes.size());
}

// ------------------------------------------------------------------------------------ output

std::optional<batch> parser::next() {
    scan();
    if (block_->rows.size == 0) {
        carry_over(*block_);
        return std::nullopt;
    }
    block_->covered = {batch_begin_, where()};
    block_->columns = columns_ ? columns_ : columns_not_known();
    batch_begin_ = block_->covered.end;
    auto full = std::exchange(block_, pool_->take());
    carry_over(*full);
    return batch{std::move(full), pool_};
}

position parser::where() const noexcept {
    const bool known = state_ == state::skipping || state_ == state::comment;
    return known ? fault_.where : at(record_begin_, record_line_);
}

position parser::at(std::size_t offset, std::uint64_t line) const noexcept {
    return {line, block_->origin.offset + offset};
}

/// Moves the bytes of the incomplete record to the start of the next block. `from` is the finished
/// block; if it gave no record, it stays the current one.
void parser::carry_over(detail::block& from) {
    const bool same = &from == block_.get();
    // Of a line that will be dropped, only the excerpt and the bytes not scanned yet are kept.
    const bool dropping = state_ == state::skipping || state_ == state::comment;
    if (same && !dropping && record_begin_ == 0) return;

    const std::size_t head = state_ == state::skipping ? fault_text_ : 0;
    const std::size_t rest_begin = dropping ? scanned_ : record_begin_;
    const std::size_t rest = size_ - rest_begin;
    const position rest_at = {dropping ? line_ : record_line_, from.origin.offset + rest_begin};

    block_->reserve(head + rest, same ? size_ : 0);
    if (head != 0) std::memmove(block_->text(), from.text() + record_begin_, head);
    if (rest != 0) std::memmove(block_->text() + head, from.text() + rest_begin, rest);
    block_->origin = {rest_at.line, rest_at.offset - head};
    block_->fields.size = 0;
    size_ = head + rest;
    scanned_ = head;
    if (dropping) {
        record_begin_ = record_fields_ = 0;
        field_begin_ = head;
    } else {
        line_ = record_line_;
        start_record(0);
    }
}

// ---------------------------------------------------------------------------------- scanning

void parser::scan() {
    if (at_file_start_ && !skip_byte_order_mark()) return;
    if (finished_ && size_ != 0) std::memset(block_->text() + size_, 0, detail::block::slack);
    do {
        // The meaning of a CR or a quote depends on the byte after it, so the last byte has to
        // wait.
        const char last = size_ != 0 ? block_->text()[size_ - 1] : '\0';
        const bool wait = !finished_ && (last == '\r' || last == rules_.quote);
        scan_to(wait ? size_ - 1 : size_);
    } while (finished_ && end_input());
}

/// \return false when more input is needed first
bool parser::skip_byte_order_mark() {
    const std::string_view seen{block_->text(), std::min(size_, byte_order_mark.size())};
    if (!finished_ && seen.size() < byte_order_mark.size() && byte_order_mark.starts_with(seen)) {
        return false;
    }
    at_file_start_ = false;
    if (seen == byte_order_mark) {
        scanned_ = seen.size();
        start_record(scanned_);
    }
    return true;
}

void parser::scan_to(std::size_t limit) {
    // Bytes beyond a record that is too large are scanned again: little more than the limit.
    const std::size_t step =
        std::clamp<std::size_t>(rules_.max_record_size, 64, 64 * stretch_chunks);
    stretch s;
    while (scanned_ < limit) {
        s.begin = scanned_;
        s.end = std::min(limit, s.begin + step);
        s.chunks = (s.end - s.begin + 63) / 64;
        classify_(block_->text() + s.begin, s.chunks, needles_, s.marks);
        if (const std::size_t used = (s.end - s.begin) % 64; used != 0) {
            const std::uint64_t valid = (std::uint64_t{1} << used) - 1;
            detail::masks& last = s.marks[s.chunks - 1];
            last = {last.separators & valid, last.line_ends & valid, last.specials & valid};
        }
        make_room();
        if (take(s) == progress::restart) continue;
        scanned_ = s.end;
        // Here, not after all input: otherwise each such record would be read to the input's end
        // again.
        cut_oversized();
    }
}

/// Reserves space for the largest possible result of a stretch and of the end of the input. Surplus
/// fields of a record are forgotten, so a line of delimiters needs no more memory than its bytes.
void parser::make_room() {
    detail::table<detail::field_span>& fields = block_->fields;
    if (const std::size_t kept = fields.size - record_fields_; kept > most_fields_) {
        fields_dropped_ += kept - most_fields_;
        fields.size -= kept - most_fields_;
    }
    fields.make_room(64 * stretch_chunks + 1);
    block_->rows.make_room(64 * stretch_chunks + 1);
}

parser::progress parser::take(const stretch& s) {
    for (std::size_t chunk = 0; chunk != s.chunks;) {
        const bool plain = state_ == state::plain && s.marks[chunk].specials == 0;
        const progress p = plain ? take_plain(s, chunk) : take_any(s, chunk++);
        if (p == progress::restart) return p;
    }
    return progress::through;
}

/// The fast path: chunks outside quotes, as long as they hold no special byte. All state is in
/// local variables, and a good record costs one comparison.
parser::progress parser::take_plain(const stretch& s, std::size_t& chunk) {
    const char* const text = block_->text();
    const std::size_t width = columns_ ? columns_->size() : 0;
    const std::uint64_t longest = rules_.max_record_size;
    const std::uint64_t first_line = block_->origin.line;
    detail::field_span* const fields = block_->fields.items.get();
    detail::field_span* field = block_->fields.end();
    detail::row* next_row = block_->rows.end();
    std::uint64_t line = line_;
    std::uint64_t record_line = record_line_;
    std::uint32_t field_begin = narrow(field_begin_);
    std::uint32_t record_begin = narrow(record_begin_);
    std::uint32_t record_fields = narrow(record_fields_);
    bool clean = fault_.reason == fault::none && !record_escaped_ && fields_dropped_ == 0;

    const auto store = [&] {
        block_->fields.size = static_cast<std::size_t>(field - fields);
        block_->rows.size = static_cast<std::size_t>(next_row - block_->rows.items.get());
        line_ = line;
        field_begin_ = field_begin;
        record_begin_ = record_begin;
        record_fields_ = record_fields;
        record_line_ = record_line;
    };

    for (; chunk != s.chunks && s.marks[chunk].specials == 0; ++chunk) {
        const std::uint32_t base = narrow(s.begin + 64 * chunk);
        const std::uint64_t line_ends = s.marks[chunk].line_ends;
        for (std::uint64_t left = s.marks[chunk].separators; left != 0; left &= left - 1) {
            const std::uint32_t p = base + static_cast<std::uint32_t>(std::countr_zero(left));
            *field++ = {field_begin, p};
            if ((line_ends & left & -left) == 0) {
                field_begin = p + 1;
                continue;
            }
            const auto count = static_cast<std::size_t>(field - fields) - record_fields;
            if (count == width && p - record_begin <= longest && clean) [[likely]] {
                const char* const end = text + p;  // slack precedes the block's first byte
                const bool crlf = (end[0] == '\n') & (end[-1] == '\r');
                field[-1].end -= crlf;
                *next_row++ = {record_begin, static_cast<std::uint32_t>(record_line - first_line),
                               record_fields};
                record_fields = narrow(static_cast<std::size_t>(field - fields));
                record_begin = field_begin = p + 1;
                record_line = ++line;
                continue;
            }
            --field;
            store();
            if (end_record(p) == progress::restart) return progress::restart;
            // The rest of this chunk: columns may have become known, so all state is loaded again.
            return take_rest(s, chunk++, left & (left - 1));
        }
    }
    store();
    return progress::through;
}

/// The general path: the separators and specials of one chunk in any state.
parser::progress parser::take_any(const stretch& s, std::size_t chunk) {
    const detail::masks& m = s.marks[chunk];
    if (state_ == state::quoted && m.specials == 0) {
        line_ += static_cast<std::uint64_t>(std::popcount(m.line_ends));
        return progress::through;
    }
    return take_rest(s, chunk, m.separators | m.specials);
}

/// As take_any, for the bytes of the chunk whose bits are set in `left`.
parser::progress parser::take_rest(const stretch& s, std::size_t chunk, std::uint64_t left) {
    const std::size_t base = s.begin + 64 * chunk;
    const std::uint64_t separators = s.marks[chunk].separators;
    const std::uint64_t line_ends = s.marks[chunk].line_ends;
    for (; left != 0; left &= left - 1) {
        const std::size_t p = base + static_cast<std::size_t>(std::countr_zero(left));
        const std::uint64_t bit = left & -left;
        const bool ends_line = (line_ends & bit) != 0;
        switch (state_) {
            case state::plain:
                if ((separators & bit) == 0) {
                    take_special(p);
                    break;
                }
                [[fallthrough]];
            case state::closed:
                if (!ends_line) {
                    end_field(p);
                } else if (end_record(p) == progress::restart) {
                    return progress::restart;
                }
                break;
            case state::quoted:
                if (ends_line) {
                    ++line_;
                } else if ((separators & bit) == 0 && block_->text()[p] == rules_.quote) {
                    take_inner_quote(p);
                }
                break;
            case state::comment:
                if (ends_line) end_comment(p);
                break;
            case state::skipping:
                if (ends_line) end_skipped_line(p);
                break;
        }
    }
    return progress::through;
}

/// A quote or comment character outside quotes. It is special only at the start of a field or
/// record.
void parser::take_special(std::size_t p) {
    if (block_->text()[p] == rules_.quote) {
        if (p != field_begin_) return;
        state_ = state::quoted;
        quote_begin_ = p;
        quote_line_ = line_;
    } else if (p == record_begin_) {
        fault_.where = at(record_begin_, record_line_);
        state_ = state::comment;
    }
}

/// A quote inside quotes: the first or second of a doubled quote, or the closing one.
void parser::take_inner_quote(std::size_t p) {
    if (p == second_of_pair_) return;
    const char next = block_->text()[p + 1];
    if (next == rules_.quote) {
        second_of_pair_ = p + 1;
        field_escaped_ = true;
    } else if (next == rules_.delimiter || next == '\n' || next == '\r' || p + 1 == size_) {
        state_ = state::closed;
        quote_end_ = p;
    } else {
        state_ = state::plain;
        if (fault_.reason == fault::none) {
            fault_.reason = fault::text_after_quote;
            fault_.field = fields_seen() + 1;
        }
    }
}

// --------------------------------------------------------------------- fields, records, lines

void parser::start_record(std::size_t p) {
    state_ = state::plain;
    record_begin_ = field_begin_ = p;
    record_line_ = line_;
    record_fields_ = block_->fields.size;
    fields_dropped_ = 0;
    second_of_pair_ = SIZE_MAX;
    field_escaped_ = record_escaped_ = false;
    fault_.reason = fault::none;
}

std::size_t parser::fields_seen() const noexcept {
    return block_->fields.size - record_fields_ + fields_dropped_;
}

void parser::end_field(std::size_t p) {
    detail::field_span f{narrow(field_begin_), narrow(p)};
    if (state_ == state::closed) {
        f = {narrow(quote_begin_ + 1), narrow(quote_end_) | (field_escaped_ ? escaped : 0)};
        record_escaped_ |= field_escaped_;
        field_escaped_ = false;
        state_ = state::plain;
    }
    *block_->fields.end() = f;
    ++block_->fields.size;
    field_begin_ = p + 1;
}

/// The end of a line's text, if its line end, or the end of the input, is at `p`. `from` limits the
/// search.
std::size_t parser::text_end(std::size_t p, std::size_t from) const noexcept {
    const char* const text = block_->text();
    return p > from && p != size_ && text[p] == '\n' && text[p - 1] == '\r' ? p - 1 : p;
}

std::size_t parser::pass_line_end(std::size_t p) noexcept {
    if (p == size_) return p;
    ++line_;
    return p + 1;
}

parser::progress parser::end_record(std::size_t p) {
    const std::size_t end = text_end(p, record_begin_);
    if (end - record_begin_ > rules_.max_record_size) {
        skip_oversized();
        return progress::restart;
    }
    const bool one_column = columns_ && columns_->size() == 1;
    if (end != record_begin_ || one_column) {
        end_field(end);
        if (fault_.reason == fault::none && !columns_)
            name_columns();
        else
            add_record(end);
    }
    start_record(pass_line_end(p));
    return progress::through;
}

void parser::add_record(std::size_t end) {
    const std::size_t seen = fields_seen();
    if (fault_.reason == fault::none && seen != columns_->size()) {
        fault_.reason = fault::wrong_field_count;
        fault_.field = seen;
    }
    if (fault_.reason != fault::none) {
        fault_.where = at(record_begin_, record_line_);
        add_fault(end, end - record_begin_);
        return;
    }
    if (record_escaped_) unescape();
    const auto line = static_cast<std::uint32_t>(record_line_ - block_->origin.line);
    *block_->rows.end() = {narrow(record_begin_), line, narrow(record_fields_)};
    ++block_->rows.size;
}

/// Records `fault_` as a bad record whose text ends at `end`.
void parser::add_fault(std::size_t end, std::size_t excerpt) {
    if (!columns_ && rules_.header == header::present) {
        throw header_error{fault_.where,
                           absl::StrCat("the header cannot be read: ", fault_.reason_text())};
    }
    fault_.expected = columns_ ? columns_->size() : 0;
    fault_.length = block_->origin.offset + end - fault_.where.offset;
    block_->fields.size = record_fields_;
    *block_->rows.end() = {0, 0, narrow(block_->bad.size()) | detail::row::is_fault};
    ++block_->rows.size;
    block_->bad.push_back({fault_, narrow(record_begin_), narrow(excerpt)});
}

/// Takes the columns from the first record, which counts as a record too when there is no header.
void parser::name_columns() {
    const std::size_t count = fields_seen();
    if (count > max_columns) {
        throw header_error{at(record_begin_, record_line_),
                           absl::StrCat(count, " columns, at most ", max_columns, " can be read")};
    }
    most_fields_ = count;
    if (rules_.header == header::none) {
        columns_ = std::make_shared<const columns>(count);
        add_record(field_begin_ - 1);
        return;
    }
    unescape();
    std::vector<std::string> names;
    names.reserve(count);
    for (std::size_t i = 0; i != count; ++i) {
        const detail::field_span f = block_->fields.items[record_fields_ + i];
        names.emplace_back(block_->text() + f.begin, f.end - f.begin);
    }
    columns_ = std::make_shared<const columns>(std::move(names));
    block_->fields.size = record_fields_;
}

/// Replaces doubled quotes by single ones, in place, in the fields of the record that have some.
/// This waits until the record is complete and good, because its bytes may have to be read again
/// before.
void parser::unescape() {
    char* const text = block_->text();
    for (detail::field_span* f = block_->fields.items.get() + record_fields_;
         f != block_->fields.end(); ++f) {
        if ((f->end & escaped) == 0) continue;
        const char* const end = text + (f->end & ~escaped);
        const char* in = text + f->begin;
        char* out = text + f->begin;
        while (const void* quote =
                   std::memchr(in, rules_.quote, static_cast<std::size_t>(end - in))) {
            const auto size = static_cast<std::size_t>(static_cast<const char*>(quote) + 1 - in);
            std::memmove(out, in, size);
            out += size;
            in += size + 1;
        }
        std::memmove(out, in, static_cast<std::size_t>(end - in));
        f->end = narrow(static_cast<std::size_t>(out + (end - in) - text));
    }
}

// ------------------------------------------------------------------------------------ faults

/// Gives the record up; it ends with the physical line that contains `from`.
void parser::skip_from(std::size_t from, fault reason) {
    fault_.where = at(record_begin_, record_line_);
    fault_.reason = reason;
    fault_.field = fields_seen() + 1;
    fault_text_ = std::min(record_error::excerpt_size, rules_.max_record_size);
    block_->fields.size = record_fields_;
    state_ = state::skipping;
    scanned_ = field_begin_ = from;
}

void parser::end_comment(std::size_t p) {
    start_record(pass_line_end(p));
}

void parser::end_skipped_line(std::size_t p) {
    const std::size_t end = text_end(p, field_begin_);
    const bool cut = fault_.reason == fault::record_too_large;
    add_fault(end, cut ? std::min(fault_text_, end - record_begin_) : end - record_begin_);
    start_record(pass_line_end(p));
}

/// Handles a record that exceeds the limit while still incomplete.
void parser::cut_oversized() {
    const bool in_record = state_ != state::skipping && state_ != state::comment;
    // A CR whose LF was not scanned yet belongs to the line end.
    const std::size_t seen = text_end(scanned_, record_begin_);
    if (in_record && seen - record_begin_ > rules_.max_record_size) skip_oversized();
}

/// Reads a record that is too large again, up to the limit, to find its state there. So the outcome
/// does not depend on how the input was cut. Then it skips from there, or from the open quote.
void parser::skip_oversized() {
    const std::size_t bound = record_begin_ + rules_.max_record_size;
    block_->fields.size = record_fields_;
    line_ = record_line_;
    scanned_ = record_begin_;
    start_record(record_begin_);
    scan_to(bound);
    skip_open_quote_or(bound, fault::record_too_large);
}

void parser::skip_open_quote_or(std::size_t from, fault reason) {
    if (state_ == state::quoted) {
        from = quote_begin_ + 1;
        line_ = quote_line_;
    }
    skip_from(from, reason);
}

/// All input has been scanned: ends what is still open.
/// \return whether there is now something to scan again
bool parser::end_input() {
    make_room();
    switch (state_) {
        case state::quoted:
            skip_open_quote_or(size_, fault::unclosed_quote);
            return true;
        case state::skipping:
            end_skipped_line(size_);
            break;
        case state::comment:
            end_comment(size_);
            break;
        case state::plain:
        case state::closed:
            if (record_begin_ != size_ && end_record(size_) == progress::restart) return true;
            break;
    }
    if (!columns_ && rules_.header == header::present) {
        throw header_error{where(), "the input ends before a header"};
    }
    return false;
}

}  // namespace weir::csv
