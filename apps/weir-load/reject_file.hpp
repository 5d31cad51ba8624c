/// The file of records that were not loaded.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "output_file.hpp"

namespace weir_load {

/// A CSV file of rejected records: `line,reason,text`, with the text as in the input. It is created
/// at the first reject; without rejects there is no file.
///
/// It is written beside the file of the previous load (see `output_file`), and `commit` replaces
/// that file. A pipe or a device is written directly.
///
/// Thread-safe. Throws std::system_error, whose text names the file and the cause.
class reject_file {
public:
    explicit reject_file(std::filesystem::path path) : path_(std::move(path)) {}

    /// Throws usage_error when a file of that name has other contents, which would be lost. An
    /// empty file, or one that an earlier load wrote, may be replaced.
    void check_old() const;

    /// Only users that may read and write the database may open the file.
    void be_as_private_as(const std::filesystem::path& database);

    void add(std::uint64_t line, std::string_view reason, std::string_view text);

    /// Passes the added records to the system.
    void flush();
    /// Passes the rest to the system, and reports failures.
    void close();
    /// Replaces the file of the previous load; without rejects, removes it.
    void commit();

    const std::filesystem::path& path() const noexcept { return path_; }

private:
    void flush_locked();

    std::filesystem::path path_;
    mode_t most_ = 0666;
    std::mutex mutex_;
    std::string waiting_;
    std::optional<output_file> file_;
};

/// `fields` as a CSV record without line end.
std::string csv_record(std::initializer_list<std::string_view> fields);

}  // namespace weir_load
