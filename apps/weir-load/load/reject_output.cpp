#include "reject_output.hpp"

#include <fmt/format.h>
#include <shared/exit_code.hpp>
#include <sys/stat.h>
#include <weir-load/reject_file.hpp>

#include <algorithm>
#include <fstream>
#include <system_error>
#include <utility>

namespace weir_load::table_load {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view reasons_header = "file,line,byte,column,value,reason";
constexpr std::size_t flushed_at = std::size_t{64} << 10;

bool is_reasons_file(const fs::path& path) {
    std::string begin(reasons_header.size(), 0);
    std::ifstream in(path, std::ios::binary);
    in.read(begin.data(), static_cast<std::streamsize>(begin.size()));
    return in.good() && begin == reasons_header;
}

bool holds_something(const fs::path& path) {
    std::error_code error;
    if (!fs::is_regular_file(path, error)) return false;
    return fs::file_size(path, error) != 0 || error;
}

void remove_regular(const fs::path& path) {
    std::error_code error;
    if (!fs::is_regular_file(path, error)) return;
    if (!fs::remove(path, error) && error) {
        throw std::system_error(error, "cannot remove " + path.string());
    }
}

/// A value may be as large as a record; the reasons are to be read by people.
std::string_view shortened(std::string_view value) {
    constexpr std::size_t most = 1'000;
    return value.substr(0, most);
}

}  // namespace

reject_output::reject_output(fs::path path) : path_(std::move(path)) {}

fs::path reject_output::reasons_path() const {
    fs::path path = path_;
    return path += ".reasons.csv";
}

fs::path reject_output::numbered_path(std::size_t number) const {
    fs::path path = path_;
    return number == 0 ? path : path += "." + std::to_string(number + 1);
}

void reject_output::check_old() const {
    // The two come together; records alone may be anything.
    const bool ours = is_reasons_file(reasons_path());
    for (const fs::path& path : {path_, reasons_path()}) {
        if (!holds_something(path) || ours) continue;
        throw weir_apps::usage_error(fmt::format(
            "{}: rejected records would be written there, and there is a file of that name that "
            "is none of a load before: move it away, or say --rejects FILE",
            path.string()));
    }
}

void reject_output::be_as_private_as(const fs::path& database) {
    struct ::stat facts{};
    if (::stat(database.c_str(), &facts) == 0) most_ = facts.st_mode & 0666;
}

reject_output::records_file& reject_output::file_for(std::string_view header) {
    const auto found = std::ranges::find(records_, header, &records_file::header);
    if (found != records_.end()) return *found;
    records_file added;
    added.header = header;
    added.file = std::make_unique<output_file>(numbered_path(records_.size()), most_);
    if (!header.empty()) added.waiting = added.header + '\n';
    records_.push_back(std::move(added));
    return records_.back();
}

void reject_output::add(const rejected_record& record) {
    const std::lock_guard lock(mutex_);
    if (!reasons_) {
        reasons_ = std::make_unique<output_file>(reasons_path(), most_);
        waiting_reasons_ = reasons_header;
        waiting_reasons_ += '\n';
    }
    records_file& to = file_for(record.header);
    to.waiting += record.raw;
    to.waiting += '\n';
    waiting_reasons_ +=
        csv_record({record.file, std::to_string(record.line), std::to_string(record.byte),
                    record.column, shortened(record.value), record.reason});
    waiting_reasons_ += '\n';
    if (to.waiting.size() + waiting_reasons_.size() >= flushed_at) flush_locked();
}

void reject_output::flush() {
    const std::lock_guard lock(mutex_);
    flush_locked();
}

void reject_output::flush_locked() {
    for (records_file& records : records_) {
        records.file->write(records.waiting);
        records.waiting.clear();
    }
    if (!reasons_) return;
    reasons_->write(waiting_reasons_);
    waiting_reasons_.clear();
}

void reject_output::commit() {
    const std::lock_guard lock(mutex_);
    flush_locked();
    check_old();  // another program may have made a file there meanwhile
    const bool ours = is_reasons_file(reasons_path());
    for (std::size_t i = 0; i != records_.size(); ++i) {
        records_[i].file->commit();
    }
    // Of the load before, which had more of them.
    std::error_code none;
    for (std::size_t i = records_.size(); ours && fs::exists(numbered_path(i), none); ++i) {
        remove_regular(numbered_path(i));
    }
    if (reasons_) {
        reasons_->commit();
    } else if (ours) {
        remove_regular(reasons_path());
    }
}

}  // namespace weir_load::table_load
