/// A database that a load creates, and that is removed when the load fails.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace weir_load {

/// Creates the database, empty, if it does not exist, and removes it again unless `keep` was
/// called. Create the guard before SQLite opens the file, so that the guard outlives the
/// connection.
///
/// It removes only a file that this process has created, and only if that is certain: the file is
/// still the created one, it has no table except the loading one, and no other program has it open.
/// If the file system cannot say whether a file is open (it has no leases, such as NFS), the
/// database stays.
class new_file_guard {
public:
    /// `staged`: the table that the load fills. It may be removed with the file.
    new_file_guard(const std::filesystem::path& database, std::string staged);
    new_file_guard(const new_file_guard&) = delete;
    new_file_guard& operator=(const new_file_guard&) = delete;
    ~new_file_guard();

    void keep() noexcept { keep_ = true; }

private:
    bool is_ours() const;

    std::filesystem::path database_;
    std::string staged_;
    int file_ = -1;  // open from creation to the end; -1: the database already existed
    bool keep_ = false;
};

}  // namespace weir_load
