#include "load_run.hpp"

#include <shared/log.hpp>

#include <cstdio>

namespace weir_load {

void warn_of_fast(const std::filesystem::path& database) {
    spdlog::warn(
        "--fast: a loss of power or a crash of the system during the load can ruin {}, with all "
        "that it holds",
        database.string());
}

bool print_end(const std::string& text) {
    const bool printed = std::puts(text.c_str()) >= 0 && std::fflush(stdout) == 0;
    return printed && std::ferror(stdout) == 0;
}

}  // namespace weir_load
