/// The records that were not loaded, kept aside.
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

/// A CSV file of rejected records: `line,reason,text`, the text as the input has it. It is created
/// with the first of them; without one, there is no file.
///
/// It is written beside the file of the load before (see `output_file`), which it replaces in
/// `commit`. A pipe or a device is written to directly.
///
/// Thread-safe. Throws std::system_error, whose text names the file and the cause.
class reject_file {
public:
    explicit reject_file(std::filesystem::path path) : path_(std::move(path)) {}

    /// Throws usage_error when there is a file of that name that holds something else: it would be
    /// lost. One that is empty, or that an earlier load wrote, may go.
    void check_old() const;

    /// The file is to be open to no more than may read and write the database.
    void be_as_private_as(const std::filesystem::path& database);

    void add(std::uint64_t line, std::string_view reason, std::string_view text);

    /// Hands what was added to the system.
    void flush();
    /// Hands the rest to the system, and tells of what has failed.
    void close();
    /// Puts the file in the place of that of the load before; without a reject, removes that.
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
