/// Reading that was asked to stop.
#pragma once

#include <stdexcept>
#include <string>

namespace weir_enrich {

/// Thrown instead of a table that was not read to its end, because the run ends.
class reading_stopped : public std::runtime_error {
public:
    explicit reading_stopped(const std::string& what)
        : std::runtime_error(what + ": not read to its end: interrupted") {}
};

}  // namespace weir_enrich
