/// Symbolic links.
#pragma once

#include <filesystem>

namespace weir_load {

/// The file that a chain of links ends at, whether it exists or not, so that the file is written
/// and not the link.
std::filesystem::path behind_links(const std::filesystem::path& path);

}  // namespace weir_load
