/// The exit codes of the programs, which docs/weir-load.md and docs/weir-enrich.md describe.
#pragma once

#include <stdexcept>

namespace weir_apps {

enum class exit_code : int {
    success = 0,       ///< Everything was done, with all records.
    failure = 1,       ///< Nothing was done, or it was undone; one line on stderr says why.
    usage = 2,         ///< The command line is wrong.
    rejects = 3,       ///< Done, except for records that were rejected or dropped.
    after_failed = 4,  ///< Done, but a later step failed; a line on stderr says which.
    interrupted = 130  ///< Ended early by Ctrl-C or SIGTERM, in good order.
};

/// Invalid options: the program ends with `exit_code::usage`.
class usage_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace weir_apps
