#include <weir/connectors/csv/file_reader.hpp>
#include <weir/connectors/csv/foreign.hpp>

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace weir::csv {
namespace {

parser make_parser(const read_options& o) {
    constexpr std::size_t largest = std::size_t{1} << 30;
    if (o.block_size == 0 || o.block_size > largest) {
        throw std::invalid_argument{"csv: block_size must be 1 byte to 1 GiB"};
    }
    if (o.resume) return parser{o.dialect, o.resume->where, o.resume->columns};
    return parser{o.dialect};
}

}  // namespace

file_reader::file_reader(std::filesystem::path path, const read_options& options)
    : path_{std::move(path)},
      block_size_{options.block_size},
      records_expected_{!options.allow_no_records && !options.resume},
      parser_{make_parser(options)} {
    if (options.resume) start_ = options.resume->where;
}

std::optional<batch> file_reader::next() {
    try {
        if (auto b = next_or_throw()) return b;
    } catch (const header_error& e) {
        stop();
        in_.close();
        if (empty_) throw file_error{path_, "the file is empty"};
        throw file_error{path_, e.what()};
    } catch (...) {
        stop();
        in_.close();
        throw;
    }
    in_.close();
    return std::nullopt;
}

std::optional<batch> file_reader::next_or_throw() {
    if (!opened_ && !stopped_) open();
    while (!stopped_.load(std::memory_order_relaxed)) {
        if (auto b = parser_.next()) {
            records_expected_ = false;
            return b;
        }
        if (at_end_) {
            if (!records_expected_) break;
            throw file_error{path_, empty_ ? "the file is empty" : "the file has no records"};
        }
        read_block();
    }
    return std::nullopt;
}

void file_reader::open() {
    opened_ = true;
    in_.open(path_);
    // Relative to the descriptor's current position, because positions count from there.
    if (start_ && ::lseek(in_.get(), static_cast<off_t>(start_->offset), SEEK_CUR) < 0) {
        in_.fail("seek in", errno);
    }
}

void file_reader::read_block() {
    const auto space = parser_.prepare(block_size_);
    const std::size_t got = in_.read(space, stopped_);
    if (got != 0) {
        empty_ = false;
        check_head({space.data(), got});
        parser_.commit(got);
    } else if (!stopped_.load(std::memory_order_relaxed)) {
        at_end_ = true;
        change_ = in_.change();
        parser_.finish();
    }
}

/// Throws when the file begins with bytes that no CSV file begins with.
void file_reader::check_head(std::string_view read) {
    if (head_.size() >= foreign_head_size || (start_ && start_->offset != 0)) return;
    head_ += read.substr(0, foreign_head_size - head_.size());
    const std::string_view foreign = foreign_format(head_);
    if (!foreign.empty()) throw file_error{path_, std::string(foreign)};
}

}  // namespace weir::csv
