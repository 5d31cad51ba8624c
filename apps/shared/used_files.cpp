#include <fmt/format.h>
#include <shared/exit_code.hpp>
#include <shared/used_files.hpp>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <system_error>
#include <utility>

namespace weir_apps {

namespace {

namespace fs = std::filesystem;

/// The path that the links of `path` lead to, even if there is nothing at the end.
fs::path behind_links(fs::path path) {
    constexpr int most_links = 40;  // as Linux has it
    std::error_code failed;
    for (int links = 0; links != most_links; ++links) {
        if (!fs::is_symlink(fs::symlink_status(path, failed))) break;
        const fs::path target = fs::read_symlink(path, failed);
        if (failed) break;
        path = path.parent_path() / target;
    }
    return path;
}

/// True if bytes that are written there can be read again, or overwrite each other.
bool matters(mode_t mode) {
    return S_ISREG(mode) || S_ISFIFO(mode) || S_ISBLK(mode);
}

/// SQLite ignores the case of names.
bool same_table(const std::string& a, const std::string& b) {
    if (a.empty() || b.empty()) return true;
    return std::ranges::equal(
        a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

std::optional<used_files::identity> used_files::identify(const fs::path& file) {
    struct stat status{};
    if (::stat(file.c_str(), &status) == 0) {
        if (!matters(status.st_mode)) return std::nullopt;
        return identity{status.st_dev, status.st_ino, {}};
    }
    const fs::path target = behind_links(file);
    const fs::path directory = target.has_parent_path() ? target.parent_path() : fs::path(".");
    if (::stat(directory.c_str(), &status) == 0) {
        return identity{status.st_dev, status.st_ino, target.filename().string()};
    }
    std::error_code failed;
    return identity{0, 0, fs::absolute(target, failed).lexically_normal().string()};
}

std::optional<used_files::identity> used_files::identify_open(int fd) {
    struct stat status{};
    if (::fstat(fd, &status) != 0 || !matters(status.st_mode)) return std::nullopt;
    return identity{status.st_dev, status.st_ino, {}};
}

void used_files::reads(std::string use, const fs::path& file) {
    all_.push_back({std::move(use), false, identify(file), {}, {}});
}

void used_files::writes(std::string use, const fs::path& file) {
    all_.push_back({std::move(use), true, identify(file), {}, {}});
}

void used_files::reads_open(std::string use, int fd) {
    all_.push_back({std::move(use), false, identify_open(fd), {}, {}});
}

void used_files::writes_open(std::string use, int fd) {
    all_.push_back({std::move(use), true, identify_open(fd), {}, {}});
}

void used_files::reads_table(std::string use, const fs::path& database, std::string table) {
    add_table(std::move(use), database, std::move(table), false);
}

void used_files::writes_table(std::string use, const fs::path& database, std::string table) {
    add_table(std::move(use), database, std::move(table), true);
}

void used_files::add_table(std::string use, const fs::path& database, std::string table,
                           bool written) {
    used_file used{std::move(use), written, identify(database), std::move(table), {}};
    // They are in the directory of the file itself, not in that of a link to it.
    const fs::path target = behind_links(database);
    for (const char* const end : {"-journal", "-wal", "-shm"}) {
        fs::path beside = target;
        if (auto file = identify(beside += end)) used.beside.push_back(std::move(*file));
    }
    all_.push_back(std::move(used));
}

/// Why the two uses exclude each other; empty if they do not.
std::string used_files::conflict(const used_file& a, const used_file& b) {
    if ((!a.written && !b.written) || !a.file || !b.file) return {};
    const auto belongs_to = [](const used_file& x, const used_file& database) {
        return std::ranges::find(database.beside, *x.file) != database.beside.end();
    };
    if (belongs_to(a, b) || belongs_to(b, a)) {
        return fmt::format("{} and {}: one is a file that SQLite keeps beside the other", a.use,
                           b.use);
    }
    if (*a.file != *b.file) return {};
    const bool tables = a.table && b.table;
    if (tables && !same_table(*a.table, *b.table)) return {};
    return fmt::format(
        "{} and {} are the same {}: {}", a.use, b.use, tables ? "table" : "file",
        a.written && b.written ? "each needs one of its own" : "what is read would be overwritten");
}

void used_files::check() const {
    for (auto b = all_.begin(); b != all_.end(); ++b) {
        for (auto a = all_.begin(); a != b; ++a) {
            const std::string wrong = conflict(*a, *b);
            if (!wrong.empty()) throw usage_error(wrong);
        }
    }
}

}  // namespace weir_apps
