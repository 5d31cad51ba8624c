/// \file
/// Reads a CSV file by plain blocking calls. The streams of <weir/connectors/csv/read.hpp> run it
/// on the blocking executor; a program without Asio can use it directly.
#pragma once

#include <weir/connectors/csv/batch.hpp>
#include <weir/connectors/csv/columns.hpp>
#include <weir/connectors/csv/dialect.hpp>
#include <weir/connectors/csv/parser.hpp>
#include <weir/connectors/csv/position.hpp>
#include <weir/core/error.hpp>
#include <weir/runtime/input_file.hpp>

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace weir::csv {

/// Where to continue with a file that was loaded in part.
struct resume_point {
    position where;        ///< the `covers().end` of the last processed batch
    csv::columns columns;  ///< the columns of the file, `batch::columns()`
};

/// Options of reading a file.
struct read_options {
    csv::dialect dialect = {};

    /// The number of bytes read at a time, and the approximate size of a batch. In [1, 1 GiB].
    std::size_t block_size = std::size_t{128} << 10;

    /// Continue here instead of at the start.
    std::optional<resume_point> resume = std::nullopt;

    /// Whether a file without a single record (for example with only a header) is accepted.
    /// Otherwise it is an error, because it usually means that the program that wrote the file
    /// failed.
    bool allow_no_records = false;
};

/// The file as a whole cannot be read as CSV: it has no header or a bad one, or no records, or
/// another format (compressed, or UTF-16). `what()` has the path, the position and the cause. Names
/// in it are as in the file, control characters too.
class file_error : public weir::error {
public:
    file_error(const std::filesystem::path& path, const std::string& reason)
        : weir::error{(path == "-" ? "standard input" : path.string()) + ": " + reason},
          path_{path} {}

    const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

/// Reads a CSV file batch by batch. Blocks. The path "-" is standard input, from its current
/// position.
///
/// Errors: std::system_error with path and cause in the text when the file cannot be opened or read
/// (missing, not permitted, a directory, a failing disk); file_error when it cannot be used as CSV.
/// Bad records are not errors but entries of their batch. After an error the reader is at its end.
/// Thread-safety: one thread at a time, except for `stop`.
///
/// Example: `csv::file_reader file{"people.csv"};  while (auto batch = file.next()) use(*batch);`
class file_reader {
public:
    /// Does not access the disk yet.
    /// \throws std::invalid_argument when the options are invalid
    explicit file_reader(std::filesystem::path path, const read_options& options = {});
    ~file_reader() = default;
    file_reader(const file_reader&) = delete;
    file_reader& operator=(const file_reader&) = delete;

    /// The next batch, or nothing at the end. The first call opens the file.
    std::optional<batch> next();

    /// Makes a `next` that runs on another thread end early with nothing, and later calls too. It
    /// ends at once, or within 50 ms if it waits for a pipe. A read that hangs in the operating
    /// system (on a network that is down) is not interrupted.
    void stop() noexcept { stopped_.store(true, std::memory_order_relaxed); }

    const std::filesystem::path& path() const noexcept { return path_; }

    /// The columns, once the header was read, or the first good record if there is no header; null
    /// before.
    const std::shared_ptr<const columns>& known_columns() const noexcept {
        return parser_.known_columns();
    }
    /// The begin of the first record that was not delivered yet; at the end, the end of the file.
    position where() const noexcept { return parser_.where(); }
    /// The number of bytes to read; nothing if this is no regular file, or not open yet.
    std::optional<std::uint64_t> size() const noexcept { return in_.size(); }
    /// What had become of a regular file between its opening and the end of the last read, because
    /// it was written to meanwhile: `input_file::change`. Known at the end of the file; empty
    /// before. Where it is not empty, records may be missing, come twice, or be made of two.
    const std::string& change() const noexcept { return change_; }

private:
    std::optional<batch> next_or_throw();
    void open();
    void read_block();
    void check_head(std::string_view read);

    std::filesystem::path path_;
    std::size_t block_size_;
    bool records_expected_;
    std::optional<position> start_;
    parser parser_;
    input_file in_;
    std::string change_;
    std::string head_;  // the first bytes, as long as they may tell that this is no CSV
    bool opened_ = false;
    bool at_end_ = false;
    bool empty_ = true;  // no byte was read yet
    // It is only a request to stop. No data is published through it, so relaxed is enough.
    std::atomic<bool> stopped_{false};
};

}  // namespace weir::csv
