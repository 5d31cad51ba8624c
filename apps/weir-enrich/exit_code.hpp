/// What the program tells its caller by its exit code. docs/weir-enrich.md documents them.
#pragma once

#include <stdexcept>

namespace weir_enrich {

enum class exit_code : int {
    success = 0,       ///< All trades were enriched.
    failure = 1,       ///< One line on stderr says why.
    usage = 2,         ///< The command line is wrong.
    rejects = 3,       ///< Done, but for trades that were rejected or dropped.
    interrupted = 130  ///< Ended early by Ctrl-C or SIGTERM, in good order.
};

/// What a command was asked to do makes no sense: ends with `exit_code::usage`.
class usage_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace weir_enrich
