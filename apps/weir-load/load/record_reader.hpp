/// One input as batches of records: opened, decompressed, decoded, its dialect told.
#pragma once

#include <weir/connectors/csv/batch.hpp>
#include <weir/connectors/csv/columns.hpp>
#include <weir/connectors/csv/parser.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "byte_source.hpp"
#include "charset.hpp"
#include "decompression.hpp"
#include "dialect_sniffer.hpp"

namespace weir_load::table_load {

/// How an input is read; what is not said is sniffed.
struct input_rules {
    told_dialect dialect;
    std::optional<charset> text;
    std::uint64_t skip_lines = 0;
    std::size_t max_record_size = std::size_t{16} << 20;
};

/// What is to be known of an input when one of its records is told about.
struct record_origin {
    std::string label;   ///< what messages call the input
    std::string header;  ///< its bytes, without the line end; empty where there is none
    weir::csv::dialect rules;
    std::uint64_t skipped_lines = 0;
    std::uint64_t skipped_bytes = 0;

    /// Where a record stands in its file, as an editor would show it. The byte is one of the text:
    /// decompressed, and of UTF-16 as UTF-8.
    weir::csv::position guard_of(weir::csv::position where) const noexcept {
        return {where.line + skipped_lines, where.offset + skipped_bytes};
    }
};

/// Records, and their bytes as the input has them (of UTF-16: as UTF-8).
struct raw_batch {
    weir::csv::batch records;
    std::string raw;              ///< of all that `records` covers
    std::uint64_t raw_begin = 0;  ///< where that begins, as the positions of the records count
    std::shared_ptr<const record_origin> origin;

    /// Where record `index` begins in its file.
    weir::csv::position guard_of(std::size_t index) const;
    /// The bytes of record `index`, without its line end.
    std::string_view raw_record(std::size_t index) const;
};

/// Reads one input. Blocks; one thread at a time.
/// Throws std::system_error and csv::file_error, whose text names the file and the cause.
class record_reader {
public:
    record_reader(std::filesystem::path path, const input_rules& rules, reading_state& state);

    /// Opens the input and looks at how it begins. Once.
    void open();

    /// The next records; nothing at the end.
    std::optional<raw_batch> next();

    /// The rest is what `open` has found out.
    const std::filesystem::path& path() const noexcept { return path_; }
    const sniffed_dialect& dialect() const noexcept { return dialect_; }
    charset text() const noexcept { return text_; }
    compression packed() const noexcept { return packed_; }
    /// A regular file can be read once more.
    bool regular() const noexcept { return size_.has_value(); }
    std::optional<std::uint64_t> size() const noexcept { return size_; }
    /// The names that the header has, or how many fields the first record has. Nothing: the input
    /// is empty.
    const std::optional<weir::csv::columns>& columns() const noexcept { return columns_; }
    const std::shared_ptr<const record_origin>& origin() const noexcept { return origin_; }

private:
    byte_source_ptr open_text(std::string& sample, bool& whole);
    void skip_lines(std::string& sample, byte_source& rest, bool& whole);
    void complete_first_record(std::string& sample, byte_source& rest, bool whole);
    void find_columns(std::string_view sample);
    void read_block();
    std::string take_raw(const weir::csv::range& covered);

    std::filesystem::path path_;
    input_rules rules_;
    reading_state* state_;
    sniffed_dialect dialect_;
    charset text_ = charset::utf8;
    compression packed_ = compression::none;
    std::optional<std::uint64_t> size_;
    std::optional<weir::csv::columns> columns_;
    std::string header_;
    std::uint64_t skipped_bytes_ = 0;
    std::shared_ptr<const record_origin> origin_;
    byte_source_ptr source_;
    std::optional<weir::csv::parser> parser_;
    std::string window_;  // what was read and is in no batch yet, as it came
    std::uint64_t window_begin_ = 0;
    bool at_end_ = false;
};

/// What messages call an input: its path, or `standard input` for "-".
std::string input_label(const std::filesystem::path& file);

}  // namespace weir_load::table_load
