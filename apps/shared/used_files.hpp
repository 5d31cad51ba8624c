/// The files that a command reads and writes, compared before any of them is opened for writing.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace weir_apps {

/// Refuses a command that would destroy what it reads, or that writes two things to one file.
///
/// Each use is named as it stands on the command line: "--out x.csv". Two names are of one file
/// when they lead to the same device and inode, by whatever links; a file that does not exist yet
/// is known by the directory that it would be made in, and its name there. Terminals, sockets and
/// devices such as /dev/null may be named any number of times.
///
///     used_files files;
///     files.reads("--trades x.csv", "x.csv");
///     files.writes("--out ./x.csv", "./x.csv");
///     files.check();   // throws usage_error: both are the same file
class used_files {
public:
    void reads(std::string use, const std::filesystem::path& file);
    void writes(std::string use, const std::filesystem::path& file);
    /// What is open already: the standard input or output.
    void reads_open(std::string use, int fd);
    void writes_open(std::string use, int fd);
    /// A table of a SQLite database. Different tables of one database may be read and written. The
    /// files that SQLite keeps beside the database count as part of it. No table: all of them.
    void reads_table(std::string use, const std::filesystem::path& database, std::string table);
    void writes_table(std::string use, const std::filesystem::path& database, std::string table);

    /// Throws usage_error, which names both uses, for the first two that exclude each other.
    /// Nothing is opened or changed.
    void check() const;

private:
    /// Which file it is.
    struct identity {
        dev_t device = 0;
        ino_t inode = 0;
        std::string name;  ///< of one that does not exist: the name in that directory
        friend bool operator==(const identity&, const identity&) = default;
    };
    struct used_file {
        std::string use;
        bool written = false;
        std::optional<identity> file;  ///< none: of no interest
        std::optional<std::string> table;
        std::vector<identity> beside;  ///< what SQLite keeps beside a database
    };

    static std::optional<identity> identify(const std::filesystem::path& file);
    static std::optional<identity> identify_open(int fd);
    static std::string conflict(const used_file& a, const used_file& b);
    void add_table(std::string use, const std::filesystem::path& database, std::string table,
                   bool written);

    std::vector<used_file> all_;
};

}  // namespace weir_apps
