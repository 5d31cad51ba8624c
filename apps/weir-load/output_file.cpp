#include "output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "links.hpp"

namespace weir_load {

namespace {

namespace fs = std::filesystem;

/// Whether a rename may put a new file at this path.
bool replaceable(const fs::path& path) {
    std::error_code ignored;
    const auto status = fs::status(path, ignored);
    return !fs::exists(status) || fs::is_regular_file(status);
}

/// Gives a new file the mode of the file it replaces, and its owner if that is possible.
void take_over(int file, const struct ::stat& old, mode_t most) {
    mode_t mode = old.st_mode & most;
    struct ::stat made{};
    if (::fstat(file, &made) != 0) return;
    if (made.st_uid != old.st_uid || made.st_gid != old.st_gid) {
        // The rights of the old group are not given to another group.
        if (::fchown(file, old.st_uid, old.st_gid) != 0) mode &= static_cast<mode_t>(~070);
    }
    // If this fails, the file keeps the mode of its creation: only its owner may use it.
    static_cast<void>(::fchmod(file, mode));
}

}  // namespace

output_file::output_file(const fs::path& path, mode_t most) : name_(path.string()), path_(path) {
    if (name_ == "-") {
        name_ = "the standard output";
        file_ = ::dup(STDOUT_FILENO);
    } else if (replaceable(path)) {
        open_part(most);
    } else {
        file_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    }
    if (file_ < 0) {
        part_.clear();
        fail("create");
    }
}

void output_file::open_part(mode_t most) {
    constexpr mode_t owner = 0600;
    path_ = behind_links(path_);
    struct ::stat old{};
    const bool replaces = ::stat(path_.c_str(), &old) == 0;
    // Finds a free name: an existing file may belong to another program, or to one that was killed.
    constexpr int most_tries = 1'000;
    for (int i = 0; i < most_tries; ++i) {
        part_ = path_;
        part_ += ".part-" + std::to_string(::getpid()) + (i == 0 ? "" : "-" + std::to_string(i));
        file_ =
            ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, replaces ? owner : most);
        if (file_ >= 0 || errno != EEXIST) break;
    }
    if (file_ >= 0 && replaces) take_over(file_, old, most);
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

void output_file::close() {
    if (file_ >= 0 && ::close(std::exchange(file_, -1)) != 0) fail("write");
}

void output_file::commit() {
    close();
    if (part_.empty()) return;
    const fs::path part = std::exchange(part_, {});
    if (::rename(part.c_str(), path_.c_str()) == 0) return;
    const int cause = errno;
    throw std::system_error(cause, std::generic_category(),
                            "cannot rename " + part.string() + " to " + path_.string());
}

void output_file::fail(const char* doing) const {
    const int cause = errno;
    throw std::system_error(cause, std::generic_category(),
                            std::string("cannot ") + doing + ' ' + name_);
}

}  // namespace weir_load
