/// The file for trades whose key a table does not have.
#pragma once

#include <weir-enrich/endpoints/byte_file.hpp>
#include <weir-enrich/model/counts.hpp>
#include <weir-enrich/model/endpoint.hpp>
#include <weir-enrich/model/trade.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace weir_enrich {

/// Writes trades unchanged. Used by one thread at a time.
/// Errors: std::system_error, which names the file and the cause.
class side_output {
public:
    /// Opens the file; `begin` empties it. A trade is counted in `written` once the system has all
    /// of its bytes. `written` must outlive this.
    side_output(const endpoint& to, counter& written);

    /// Call it before the first `add`.
    void begin() { to_.begin(); }
    /// Keeps the trade in memory until `flush`.
    void add(const trade& t);
    /// True if enough waits in memory for a `flush`.
    bool is_full() const noexcept { return waiting_.size() >= enough; }
    /// Writes the added trades. Costs nothing if there are none.
    void flush();
    /// Call it at the end.
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
