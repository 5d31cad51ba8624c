/// A database that a load creates, and that goes again when the load fails.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace weir_load {

/// Creates the database, empty, if it is not there; and removes it again, unless `keep` was called.
/// To be made before the file is opened with SQLite, so that it outlives the connection.
///
/// Only what this process has made is removed, and only if that is certain: the file is still the
/// one that was created, it has no table but the one that is being loaded, and no other program has
/// it open. Where the file system cannot tell whether a file is open (no leases: NFS, say), the
/// database stays.
class new_file_guard {
public:
    /// `staged`: the table that a load fills, which may be dropped with the file.
    new_file_guard(const std::filesystem::path& database, std::string staged);
    new_file_guard(const new_file_guard&) = delete;
    new_file_guard& operator=(const new_file_guard&) = delete;
    ~new_file_guard();

    void keep() noexcept { keep_ = true; }

private:
    bool is_ours() const;

    std::filesystem::path database_;
    std::string staged_;
    int file_ = -1;  // open from creation to the end; none: the database was there
    bool keep_ = false;
};

}  // namespace weir_load
