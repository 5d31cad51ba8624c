// What the SQLite tests share: a directory of their own, and results as plain data.
#pragma once

#include <weir/connectors/sqlite/database.hpp>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace sqlite_test {

namespace sqlite = weir::sqlite;

// A new directory that goes with its contents.
class scratch {
public:
    scratch() {
        std::string name = (std::filesystem::temp_directory_path() / "weir-sqlite-XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error("no temporary directory");
        directory_ = name;
    }
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;
    ~scratch() { std::filesystem::remove_all(directory_); }

    std::filesystem::path operator/(const char* name) const { return directory_ / name; }

private:
    std::filesystem::path directory_;
};

inline void write_file(const std::filesystem::path& file, const std::string& contents) {
    std::ofstream(file, std::ios::binary) << contents;
}

// The sqlite::database_error that `f` throws.
template <class F>
std::optional<sqlite::database_error> error_of(F&& f) {
    try {
        f();
    } catch (const sqlite::database_error& e) {
        return e;
    }
    return std::nullopt;
}

inline std::vector<std::int64_t> numbers(sqlite::database& db, const std::string& sql) {
    std::vector<std::int64_t> found;
    auto rows = db.prepare(sql);
    while (rows.step()) found.push_back(rows.get<std::int64_t>(0));
    return found;
}

inline std::int64_t number(sqlite::database& db, const std::string& sql) {
    return numbers(db, sql).at(0);
}

}  // namespace sqlite_test
