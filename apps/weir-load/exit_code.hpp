/// What the program tells its caller by its exit code. docs/weir-load.md documents them.
#pragma once

#include <stdexcept>

namespace weir_load {

enum class exit_code : int {
    success = 0,       ///< All was done; all rows were loaded.
    failure = 1,       ///< Nothing was done, or it was undone; one line on stderr says why.
    usage = 2,         ///< The command line is wrong.
    rejects = 3,       ///< The load is complete but for records that were rejected.
    interrupted = 130  ///< Ended early by Ctrl-C or SIGTERM, in good order.
};

/// What a command was asked to do makes no sense: ends with `exit_code::usage`.
class usage_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace weir_load
