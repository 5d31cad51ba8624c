/// The error of a read that was stopped.
#pragma once

#include <stdexcept>
#include <string>

namespace weir_enrich {

/// Thrown when a read of a table was stopped because the run ends.
class reading_stopped : public std::runtime_error {
public:
    explicit reading_stopped(const std::string& what)
        : std::runtime_error(what + ": not read to its end: interrupted") {}
};

}  // namespace weir_enrich
