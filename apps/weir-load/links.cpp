#include "links.hpp"

namespace weir_load {

std::filesystem::path behind_links(const std::filesystem::path& path) {
    namespace fs = std::filesystem;
    constexpr int most = 40;  // the limit of Linux
    std::error_code error;
    fs::path end = path;
    for (int i = 0; i < most && fs::is_symlink(end, error); ++i) {
        const fs::path target = fs::read_symlink(end, error);
        if (error) return path;
        end = end.parent_path() / target;  // an absolute target replaces the whole path
    }
    return end;
}

}  // namespace weir_load
