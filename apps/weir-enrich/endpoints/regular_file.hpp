/// A check for regular files.
#pragma once

#include <string>

namespace weir_enrich {

/// Throws std::runtime_error, which names the file and its type, unless it is a regular file. A
/// pipe, a device or a directory has no end, or no rows. A missing file passes: opening it fails
/// with a better error.
void require_regular_file(const std::string& path);

}  // namespace weir_enrich
