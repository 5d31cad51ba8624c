#include "reject_file.hpp"

#include <fmt/format.h>
#include <shared/exit_code.hpp>
#include <sys/stat.h>

#include <fstream>
#include <system_error>

namespace weir_load {

namespace {

constexpr std::size_t flush_size = std::size_t{64} << 10;
constexpr std::string_view header = "line,reason,text";

/// Whether a file of rejects may replace the existing one without loss.
bool may_go(const std::filesystem::path& path) {
    std::error_code error;
    const auto there = std::filesystem::status(path, error);
    // A pipe or a device is written to and not replaced; a directory gives another error later.
    if (!std::filesystem::is_regular_file(there)) return true;
    if (std::filesystem::file_size(path, error) == 0 && !error) return true;
    std::string begin(header.size(), 0);
    std::ifstream in(path, std::ios::binary);
    in.read(begin.data(), static_cast<std::streamsize>(begin.size()));
    return in.good() && begin == header;
}

void add_field(std::string& record, std::string_view field) {
    if (field.find_first_of("\",\r\n") == field.npos) {
        record += field;
        return;
    }
    record += '"';
    for (const char c : field) {
        if (c == '"') record += '"';
        record += c;
    }
    record += '"';
}

}  // namespace

std::string csv_record(std::initializer_list<std::string_view> fields) {
    std::string record;
    for (const auto& field : fields) {
        if (&field != fields.begin()) record += ',';
        add_field(record, field);
    }
    return record;
}

void reject_file::check_old() const {
    if (may_go(path_)) return;
    throw weir_apps::usage_error(fmt::format(
        "--rejects {}: there is a file of that name that is no file of rejects, and would be lost",
        path_.string()));
}

void reject_file::be_as_private_as(const std::filesystem::path& database) {
    struct ::stat facts{};
    if (::stat(database.c_str(), &facts) == 0) most_ = facts.st_mode & 0666;
}

void reject_file::add(std::uint64_t line, std::string_view reason, std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (!file_) {
        file_.emplace(path_, most_);
        waiting_ = header;
        waiting_ += '\n';
    }
    waiting_ += csv_record({std::to_string(line), reason, text});
    waiting_ += '\n';
    if (waiting_.size() >= flush_size) flush_locked();
}

void reject_file::flush() {
    const std::lock_guard lock(mutex_);
    flush_locked();
}

void reject_file::flush_locked() {
    if (!file_) return;
    file_->write(waiting_);
    waiting_.clear();
}

void reject_file::close() {
    const std::lock_guard lock(mutex_);
    flush_locked();
    if (file_) file_->close();
}

void reject_file::commit() {
    const std::lock_guard lock(mutex_);
    // Another program may have created a file there in the meantime.
    check_old();
    if (file_) {
        file_->commit();
        return;
    }
    std::error_code error;
    if (!std::filesystem::is_regular_file(path_, error)) return;
    if (std::filesystem::file_size(path_, error) == 0 || error) return;  // not written by a load
    if (!std::filesystem::remove(path_, error) && error) {
        throw std::system_error(error, "cannot remove " + path_.string());
    }
}

}  // namespace weir_load
