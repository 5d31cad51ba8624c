/// The records that were not loaded, kept aside.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>

namespace weir_load {

/// A CSV file of rejected records: `line,reason,text`, the text as the input has it. It is created
/// with the first of them; without one, there is no file.
///
/// Thread-safe. Throws std::system_error, whose text names the file and the cause.
class reject_file {
public:
    explicit reject_file(std::filesystem::path path) : path_(std::move(path)) {}
    reject_file(const reject_file&) = delete;
    reject_file& operator=(const reject_file&) = delete;
    ~reject_file();

    /// Removes what an earlier load left, so that a file that is there is of this load.
    void remove_old();

    void add(std::uint64_t line, std::string_view reason, std::string_view text);

    /// Hands what was added to the system.
    void flush();

    const std::filesystem::path& path() const noexcept { return path_; }

private:
    void flush_locked();
    [[noreturn]] void fail(const char* doing) const;

    std::filesystem::path path_;
    std::mutex mutex_;
    std::string waiting_;
    int file_ = -1;
};

/// `fields` as a CSV record without line end.
std::string csv_record(std::initializer_list<std::string_view> fields);

}  // namespace weir_load
