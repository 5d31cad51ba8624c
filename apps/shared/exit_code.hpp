/// What a program tells its caller by its exit code. docs/weir-load.md and docs/weir-enrich.md
/// document them.
#pragma once

#include <stdexcept>

namespace weir_apps {

enum class exit_code : int {
    success = 0,       ///< All was done, with all records.
    failure = 1,       ///< Nothing was done, or it was undone; one line on stderr says why.
    usage = 2,         ///< The command line is wrong.
    rejects = 3,       ///< Done, but for records that were rejected or dropped.
    after_failed = 4,  ///< Done, but a step that follows failed; a line on stderr says which.
    interrupted = 130  ///< Ended early by Ctrl-C or SIGTERM, in good order.
};

/// What a command was asked to do makes no sense: ends with `exit_code::usage`.
class usage_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace weir_apps
