/// \file
/// The CSV parser: turns bytes into batches of records, and performs no input or output itself.
#pragma once

#include <weir/connectors/csv/batch.hpp>
#include <weir/connectors/csv/columns.hpp>
#include <weir/connectors/csv/detail/block.hpp>
#include <weir/connectors/csv/detail/classify.hpp>
#include <weir/connectors/csv/dialect.hpp>
#include <weir/connectors/csv/position.hpp>
#include <weir/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

namespace weir::csv {

/// The header is missing or cannot be read, so no record could be checked: a fault of the whole
/// file. `what()` has position and reason.
class header_error : public weir::error {
public:
    header_error(position where, const std::string& reason);

    /// The begin of the header, or the end of the file if there is none.
    position where() const noexcept { return where_; }

private:
    position where_;
};

/// Cuts a sequence of bytes into CSV records.
///
/// It is fed pieces of any size, cut anywhere, and after each it gives a batch of the complete
/// records. The records do not depend on how the input was cut; only the ends of the batches do.
///
/// ```
/// csv::parser parser{csv::dialect{}};
/// for (std::string_view piece : pieces) {
///     parser.feed(piece);
///     while (auto batch = parser.next()) use(*std::move(batch));
/// }
/// parser.finish();
/// while (auto batch = parser.next()) use(*std::move(batch));
/// ```
///
/// To save the copy of `feed`, read directly into the parser's memory with `prepare` and `commit`.
///
/// Errors: a bad record is an entry of its batch (see `fault`), also the first one if there is no
/// header. A bad header is thrown by `next`. Thread-safety: one thread at a time; the batches are
/// independent of the parser and of its lifetime. Cost: one pass over the bytes; no allocation per
/// row, and none per batch once the first batches were destroyed and their memory is reused. The
/// incomplete record at the end of a piece is copied to the memory of the next batch and scanned
/// again. It holds at most one batch, or one record of the largest size.
class parser {
public:
    /// A parser for a file from its start.
    /// \throws std::invalid_argument when `validate(rules)` is not OK
    explicit parser(const dialect& rules);

    /// A parser that continues at `start`, where a record of a file with these columns begins: the
    /// `covers().end` of an earlier batch. It expects no header.
    /// \throws std::invalid_argument as above, or when `known` has more columns than `max_columns`,
    ///         or none. (None is allowed if there is no header and no good record was read yet.)
    parser(const dialect& rules, position start, csv::columns known);

    parser(const parser&) = delete;
    parser& operator=(const parser&) = delete;
    parser(parser&&) = default;
    parser& operator=(parser&&) = default;

    /// Space for `size` bytes of input; valid until the next call of any other member.
    /// \throws std::length_error when this and the input that `next` has not consumed yet make 2
    ///         GiB
    std::span<char> prepare(std::size_t size);

    /// Reports that the first `size` bytes of the space from `prepare` are filled.
    void commit(std::size_t size) noexcept;

    /// Copies the bytes: `prepare` and `commit` in one.
    void feed(std::string_view bytes);

    /// Reports the end of the input, so a last line without line end counts.
    void finish() noexcept { finished_ = true; }

    /// The records that became complete, or nothing when more input is needed. Call it after each
    /// piece until it gives nothing.
    /// \throws header_error
    std::optional<batch> next();

    /// The columns, once the first good record was read; null before.
    const std::shared_ptr<const columns>& known_columns() const noexcept { return columns_; }

    /// The begin of the first record not yet delivered.
    position where() const noexcept;

    /// Uses another classifier than the fastest: for tests and benchmarks.
    void use(const detail::named_classifier& c) noexcept { classify_ = c.function; }

private:
    enum class state : std::uint8_t {
        plain,     // outside quotes
        quoted,    // inside quotes
        closed,    // behind a closing quote: a separator must come next
        comment,   // in a comment line
        skipping,  // in the line with which a bad record ends
    };
    enum class progress : std::uint8_t { through, restart };
    struct stretch;

    void scan();
    bool skip_byte_order_mark();
    void scan_to(std::size_t limit);
    void make_room();
    progress take(const stretch& s);
    progress take_plain(const stretch& s, std::size_t& chunk);
    progress take_any(const stretch& s, std::size_t chunk);
    progress take_rest(const stretch& s, std::size_t chunk, std::uint64_t left);
    void take_special(std::size_t p);
    void take_inner_quote(std::size_t p);

    void start_record(std::size_t p);
    void end_field(std::size_t p);
    progress end_record(std::size_t p);
    void add_record(std::size_t end);
    void add_fault(std::size_t end, std::size_t excerpt);
    void name_columns();
    void unescape();
    void end_comment(std::size_t p);
    void end_skipped_line(std::size_t p);

    void cut_oversized();
    void skip_oversized();
    void skip_open_quote_or(std::size_t from, fault reason);
    void skip_from(std::size_t from, fault reason);
    bool end_input();
    void carry_over(detail::block& from);

    std::size_t fields_seen() const noexcept;
    std::size_t text_end(std::size_t p, std::size_t from) const noexcept;
    std::size_t pass_line_end(std::size_t p) noexcept;
    position at(std::size_t offset, std::uint64_t line) const noexcept;

    dialect rules_;
    detail::needles needles_;
    detail::classifier classify_;
    std::shared_ptr<detail::block_pool> pool_;
    std::shared_ptr<const columns> columns_;
    std::size_t most_fields_ = max_columns;  // fields of one record that are kept at most

    // The block being filled. Its bytes [0, size_) are input, and [0, scanned_) were scanned.
    std::unique_ptr<detail::block> block_;
    std::size_t size_ = 0;
    std::size_t scanned_ = 0;
    bool finished_ = false;
    bool at_file_start_ = true;
    position batch_begin_;

    // The record being read; all offsets are into the block.
    state state_ = state::plain;
    std::uint64_t line_ = 1;  // the line of the byte at scanned_
    std::uint64_t record_line_ = 1;
    std::size_t record_begin_ = 0;
    std::size_t record_fields_ = 0;  // index of its first field in the block's table
    std::size_t fields_dropped_ = 0;
    std::size_t field_begin_ = 0;
    std::size_t quote_begin_ = 0;
    std::uint64_t quote_line_ = 1;
    std::size_t quote_end_ = 0;
    std::size_t second_of_pair_ =
        SIZE_MAX;  // the second quote of a doubled one, which closes nothing
    bool field_escaped_ = false;
    bool record_escaped_ = false;
    record_error fault_;  // of this record, when `reason` is set
    std::size_t fault_text_ = 0;
};

}  // namespace weir::csv
