/// What a table may come from.
#pragma once

#include <string>

namespace weir_enrich {

/// Throws std::runtime_error, which names the file and what it is, when something else than a
/// regular file stands there: a pipe, a device or a directory has no end, or no rows. What is not
/// there at all is left to what opens it.
void require_regular_file(const std::string& path);

}  // namespace weir_enrich
