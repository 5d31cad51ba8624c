#include "record_reader.hpp"

#include <weir/connectors/csv/file_reader.hpp>
#include <weir/connectors/csv/foreign.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "raw_record.hpp"

namespace weir_load::table_load {

namespace {

namespace csv = weir::csv;

/// So much is looked at before anything is decided. A header must end within it.
constexpr std::size_t sample_size = std::size_t{1} << 20;
constexpr std::size_t block_size = std::size_t{128} << 10;

}  // namespace

std::string input_label(const std::filesystem::path& file) {
    return file == "-" ? "standard input" : file.string();
}

csv::position raw_batch::guard_of(std::size_t index) const {
    const csv::entry entry = records[index];
    return origin->guard_of(entry.ok() ? entry.record().where() : entry.error().where);
}

std::string_view raw_batch::raw_record(std::size_t index) const {
    const csv::entry entry = records[index];
    const auto from = [this](const csv::position& where) {
        return std::string_view(raw).substr(static_cast<std::size_t>(where.offset - raw_begin));
    };
    if (!entry.ok()) {
        const csv::record_error error = entry.error();
        return from(error.where).substr(0, static_cast<std::size_t>(error.length));
    }
    const std::string_view text = from(entry.record().where());
    return text.substr(0, raw_record_size(text, origin->rules));
}

record_reader::record_reader(std::filesystem::path path, const input_rules& rules,
                             reading_state& state)
    : path_(std::move(path)), rules_(rules), state_(&state) {}

/// The decompressed bytes as a source, of which `sample` are the first.
byte_source_ptr record_reader::open_text(std::string& sample, bool& whole) {
    auto file = std::make_unique<file_source>(path_, *state_);
    size_ = file->file().size();
    byte_source_ptr source = std::move(file);
    std::string head;
    read_up_to(*source, head, csv::foreign_head_size);
    packed_ = compression_of(head);
    source = std::make_unique<prefixed_source>(std::move(head), std::move(source));
    source = decompressed(packed_, std::move(source), path_);
    whole = !read_up_to(*source, sample, sample_size);
    return source;
}

void record_reader::skip_lines(std::string& sample, byte_source& rest, bool& whole) {
    if (rules_.skip_lines == 0) return;
    // The last byte waits: a CR may be half of a line end.
    for (std::uint64_t left = rules_.skip_lines; left != 0; --left) {
        std::size_t size = sample.size() - behind_lines(sample, 1).size();
        while (size == sample.size() && !whole) {
            whole = !read_up_to(rest, sample, sample.size() + sample_size);
            size = sample.size() - behind_lines(sample, 1).size();
        }
        skipped_bytes_ += size;
        sample.erase(0, size);
    }
}

void record_reader::open() {
    std::string sample;
    bool whole = false;
    byte_source_ptr source = open_text(sample, whole);
    const bool empty = sample.empty();
    text_ = rules_.text.value_or(sniff_charset(sample, whole));
    if (is_utf16(text_)) {
        source = std::make_unique<prefixed_source>(std::move(sample), std::move(source));
        source = from_utf16(std::move(source), text_);
        sample.clear();
        whole = !read_up_to(*source, sample, sample_size);
    } else if (const auto foreign = csv::foreign_format(sample); !foreign.empty()) {
        throw csv::file_error(path_, std::string(foreign));
    }
    skip_lines(sample, *source, whole);
    if (sample.empty() && !state_->stopped) {
        throw csv::file_error(path_, empty ? "the file is empty"
                                           : "there is nothing behind the lines that are skipped");
    }
    dialect_ = sniff_dialect(sample, whole, rules_.dialect);
    dialect_.rules.max_record_size = rules_.max_record_size;
    if (!dialect_.quotes && is_single_byte(text_)) dialect_.rules.quote = '\x01';
    parser_.emplace(dialect_.rules);
    complete_first_record(sample, *source, whole);
    find_columns(sample);
    origin_ = std::make_shared<const record_origin>(record_origin{
        input_label(path_), header_, dialect_.rules, rules_.skip_lines, skipped_bytes_});
    source_ = std::make_unique<prefixed_source>(std::move(sample), std::move(source));
}

/// The first record tells the columns, so it is read to its end.
void record_reader::complete_first_record(std::string& sample, byte_source& rest, bool whole) {
    for (;;) {
        const std::string_view first = first_record(sample, dialect_.rules);
        const bool ends = first.data() + first.size() != sample.data() + sample.size();
        if (ends || whole || first.size() > rules_.max_record_size) return;
        whole = !read_up_to(rest, sample, 2 * sample.size());
    }
}

/// Reads the first record by itself, since a file may hold nothing else.
void record_reader::find_columns(std::string_view sample) {
    const std::string_view first = first_record(sample, dialect_.rules);
    if (first.empty()) return;
    csv::dialect alone = dialect_.rules;
    alone.header = csv::header::none;
    csv::parser parser(alone);
    parser.feed(first);
    parser.finish();
    try {
        const auto batch = parser.next();
        if (!batch || !(*batch)[0].ok()) return;  // said by the parser of the whole
        if (dialect_.rules.header == csv::header::none) {
            columns_ = batch->columns();
            return;
        }
        std::vector<std::string> names;
        for (const std::string_view field : (*batch)[0].record()) {
            names.emplace_back();
            if (is_single_byte(text_)) {
                append_decoded(names.back(), field, text_);
            } else {
                names.back() = field;
            }
        }
        columns_.emplace(std::move(names));
        header_ = first;
    } catch (const csv::header_error& error) {
        throw csv::file_error(path_, error.what());
    }
}

std::optional<raw_batch> record_reader::next() {
    try {
        while (!state_->stopped.load(std::memory_order_relaxed)) {
            if (auto records = parser_->next()) {
                const csv::range covered = records->covers();
                return raw_batch{std::move(*records), take_raw(covered), covered.begin.offset,
                                 origin_};
            }
            if (at_end_) break;
            read_block();
        }
    } catch (const csv::header_error& error) {
        throw csv::file_error(path_, error.what());
    }
    return std::nullopt;
}

void record_reader::read_block() {
    const auto space = parser_->prepare(block_size);
    const std::size_t got = source_->read(space);
    if (got == 0) {
        at_end_ = true;
        if (!state_->stopped.load(std::memory_order_relaxed)) parser_->finish();
        return;
    }
    window_.append(space.data(), got);
    parser_->commit(got);
}

/// The parser undoubles quotes where they stand, so the bytes as they came are kept beside.
std::string record_reader::take_raw(const csv::range& covered) {
    const auto from = static_cast<std::size_t>(covered.begin.offset - window_begin_);
    const auto size = static_cast<std::size_t>(covered.bytes());
    std::string raw = window_.substr(from, size);
    window_.erase(0, from + size);
    window_begin_ = covered.end.offset;
    return raw;
}

}  // namespace weir_load::table_load
