#include "regular_file.hpp"

#include <sys/stat.h>

#include <stdexcept>
#include <string_view>

namespace weir_enrich {

namespace {

std::string_view kind_of(mode_t mode) {
    if (S_ISFIFO(mode)) return "a pipe";
    if (S_ISDIR(mode)) return "a directory";
    if (S_ISSOCK(mode)) return "a socket";
    return "a device";
}

}  // namespace

void require_regular_file(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode)) return;
    throw std::runtime_error(path + ": is " + std::string(kind_of(status.st_mode)) +
                             "; it must be a regular file");
}

}  // namespace weir_enrich
