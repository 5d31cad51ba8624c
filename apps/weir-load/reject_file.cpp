#include "reject_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace weir_load {

namespace {

constexpr std::size_t flush_size = std::size_t{64} << 10;

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

reject_file::~reject_file() {
    if (file_ >= 0) ::close(file_);
}

void reject_file::remove_old() {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path_, error)) return;
    if (!std::filesystem::remove(path_, error) && error) {
        throw std::system_error(error, "cannot remove " + path_.string());
    }
}

void reject_file::add(std::uint64_t line, std::string_view reason, std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (file_ < 0) {
        file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (file_ < 0) fail("create");
        waiting_ = "line,reason,text\n";
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
    std::string_view left = waiting_;
    while (!left.empty()) {
        const ssize_t written = ::write(file_, left.data(), left.size());
        if (written >= 0) {
            left.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EINTR) {
            fail("write");
        }
    }
    waiting_.clear();
}

void reject_file::fail(const char* doing) const {
    const int cause = errno;
    throw std::system_error(cause, std::generic_category(),
                            std::string("cannot ") + doing + ' ' + path_.string());
}

}  // namespace weir_load
