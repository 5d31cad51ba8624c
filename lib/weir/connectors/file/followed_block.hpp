/// \file
/// The items of `file::follow`.
#pragma once

#include <cstdint>
#include <string>

namespace weir::file {

/// What happened to a followed file.
enum class file_break : std::uint8_t {
    none,       ///< nothing: it has only grown
    truncated,  ///< it was truncated, and begins anew
    replaced    ///< another file has replaced it
};

/// Bytes of a followed file.
struct followed_block {
    std::string bytes;
    /// What happened before these bytes. Unless it is `none`, they are the first bytes of the new
    /// contents, and the earlier contents no longer exist.
    file_break before = file_break::none;
};

}  // namespace weir::file
