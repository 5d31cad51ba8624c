#include "output_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace weir_load {

namespace {

namespace fs = std::filesystem;

constexpr mode_t anyone = 0666;  // less the umask

/// Whether a rename may put a new file there.
bool replaceable(const fs::path& path) {
    std::error_code ignored;
    const auto status = fs::status(path, ignored);
    return !fs::exists(status) || fs::is_regular_file(status);
}

/// The file that a chain of links ends at, so that the file is replaced and not the link.
fs::path behind_links(const fs::path& path) {
    std::error_code none;
    const auto target = fs::canonical(path, none);
    return none ? path : target;
}

}  // namespace

output_file::output_file(const fs::path& path) : name_(path.string()), path_(path) {
    if (name_ == "-") {
        name_ = "the standard output";
        file_ = ::dup(STDOUT_FILENO);
    } else if (replaceable(path)) {
        path_ = behind_links(path);
        part_ = path_;
        part_ += ".part-" + std::to_string(::getpid());
        file_ =
            ::open(part_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, anyone);
    } else {
        file_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    }
    if (file_ < 0) {
        part_.clear();
        fail("create");
    }
}

output_file::~output_file() {
    if (file_ >= 0) ::close(file_);
    if (!part_.empty()) ::unlink(part_.c_str());
}

void output_file::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file_, bytes.data(), bytes.size());
        if (written >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EINTR) {
            fail("write");
        }
    }
}

void output_file::commit() {
    if (::close(std::exchange(file_, -1)) != 0) fail("write");
    if (part_.empty()) return;
    if (::rename(part_.c_str(), path_.c_str()) != 0) fail("create");
    part_.clear();
}

void output_file::fail(const char* doing) const {
    const int cause = errno;
    throw std::system_error(cause, std::generic_category(),
                            std::string("cannot ") + doing + ' ' + name_);
}

}  // namespace weir_load
