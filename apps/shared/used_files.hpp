/// The files that a command reads and writes. They are compared before any is opened for writing.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace weir_apps {

/// Refuses a command that would destroy its input, or write one file twice.
///
/// Each use has the name that it has on the command line: "--out x.csv". Two names are of the same
/// file if they lead to the same device and inode, through any links. A file that does not exist
/// yet is identified by its directory and its name. Terminals, sockets and devices such as
/// /dev/null may be named any number of times.
///
///     used_files files;
///     files.reads("--trades x.csv", "x.csv");
///     files.writes("--out ./x.csv", "./x.csv");
///     files.check();   // throws usage_error: both are the same file
class used_files {
public:
    void reads(std::string use, const std::filesystem::path& file);
    void writes(std::string use, const std::filesystem::path& file);
    /// A file that is open already: the standard input or output.
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
    /// The identity of a file.
    struct identity {
        dev_t device = 0;
        ino_t inode = 0;
        std::string name;  ///< of a file that does not exist: its name in the directory
        friend bool operator==(const identity&, const identity&) = default;
    };
    struct used_file {
        std::string use;
        bool written = false;
        std::optional<identity> file;  ///< none: not checked
        std::optional<std::string> table;
        std::vector<identity> beside;  ///< the files that SQLite keeps next to a database
    };

    static std::optional<identity> identify(const std::filesystem::path& file);
    static std::optional<identity> identify_open(int fd);
    static std::string conflict(const used_file& a, const used_file& b);
    void add_table(std::string use, const std::filesystem::path& database, std::string table,
                   bool written);

    std::vector<used_file> all_;
};

}  // namespace weir_apps
