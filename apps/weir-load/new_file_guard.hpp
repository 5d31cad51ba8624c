/// A database that a load creates, and that goes again when the load fails.
#pragma once

#include <filesystem>

namespace weir_load {

/// Removes a database file that did not exist when the guard was made, unless `keep` was called.
/// To be made before the file is opened, so that it outlives the connection.
class new_file_guard {
public:
    explicit new_file_guard(std::filesystem::path database)
        : database_(std::move(database)), keep_(exists(database_)) {}
    new_file_guard(const new_file_guard&) = delete;
    new_file_guard& operator=(const new_file_guard&) = delete;
    ~new_file_guard() {
        if (keep_) return;
        std::error_code ignored;
        remove(database_, ignored);
        remove(database_ += "-journal", ignored);
    }

    void keep() noexcept { keep_ = true; }

private:
    static bool exists(const std::filesystem::path& path) {
        std::error_code ignored;
        return std::filesystem::symlink_status(path, ignored).type() !=
               std::filesystem::file_type::not_found;
    }

    std::filesystem::path database_;
    bool keep_;
};

}  // namespace weir_load
