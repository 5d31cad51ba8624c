/// Where trades go whose key a table does not have, if they are to be kept.
#pragma once

#include <optional>
#include <string>

#include "byte_file.hpp"
#include "place.hpp"
#include "trade.hpp"

namespace weir_enrich {

/// Writes trades as they came. Used by one thread at a time.
/// Errors: std::system_error, which names the file and the cause.
class side_output {
public:
    /// Creates the file.
    explicit side_output(const place& to);

    void add(const trade& t);
    /// To be called at the end.
    void close();

private:
    static constexpr std::size_t enough = std::size_t{64} << 10;

    format format_;
    byte_writer to_;
    std::string waiting_;
};

}  // namespace weir_enrich
