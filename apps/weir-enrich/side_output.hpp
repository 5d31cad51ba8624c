/// Where trades go whose key a table does not have, if they are to be kept.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "byte_file.hpp"
#include "counts.hpp"
#include "place.hpp"
#include "trade.hpp"

namespace weir_enrich {

/// Writes trades as they came. Used by one thread at a time.
/// Errors: std::system_error, which names the file and the cause.
class side_output {
public:
    /// Opens the file; `begin` empties it. Trades are counted in `written` when the system has all
    /// of their bytes: one that is lost with the file is not. It must outlive this.
    side_output(const place& to, counter& written);

    /// To be called before the first `add`.
    void begin() { to_.begin(); }
    /// Keeps it until `flush`.
    void add(const trade& t);
    /// True when so much waits that it is to be flushed.
    bool is_full() const noexcept { return waiting_.size() >= enough; }
    /// Hands what was added to the system. Costs nothing when nothing was.
    void flush();
    /// To be called at the end.
    void close();

private:
    static constexpr std::size_t enough = std::size_t{64} << 10;

    format format_;
    byte_writer to_;
    counter* written_;
    std::string waiting_;
    std::vector<std::size_t> ends_;  // of the trades in `waiting_`
};

}  // namespace weir_enrich
