/// \file
/// What `file::follow` hands on.
#pragma once

#include <cstdint>
#include <string>

namespace weir::file {

/// What has become of a file that is followed.
enum class file_break : std::uint8_t {
    none,       ///< nothing: it has only grown
    truncated,  ///< it was cut off, and begins anew
    replaced    ///< another file has taken its place
};

/// Bytes of a file that is followed.
struct followed_block {
    std::string bytes;
    /// What happened before them: with all but `none` they are the first of what is there now, and
    /// what came before is no more.
    file_break before = file_break::none;
};

}  // namespace weir::file
