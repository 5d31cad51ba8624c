/// Symbolic links.
#pragma once

#include <filesystem>

namespace weir_load {

/// The file at the end of a chain of links, whether it exists or not. A write then goes to the file
/// and does not replace the link.
std::filesystem::path behind_links(const std::filesystem::path& path);

}  // namespace weir_load
