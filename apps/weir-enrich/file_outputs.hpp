/// Files, and the standard output: several at once, each with its format.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "byte_file.hpp"
#include "place.hpp"
#include "trade_run.hpp"

namespace weir_enrich {

/// Writes runs to those of the places that are files or the standard output. One thread at a time.
/// Errors: std::system_error, which names the place and the cause.
class file_outputs {
public:
    /// Opens the files. `places` are all for which runs are encoded.
    explicit file_outputs(const std::vector<place>& places);
    bool empty() const noexcept { return outputs_.empty(); }
    /// Empties the files, and writes headers where the format has one. To be called before `write`.
    void begin();
    void write(const trade_run& run);
    /// To be called at the end.
    void close();

private:
    struct output {
        byte_writer to;
        std::string header;
        std::size_t format;  // its place in `trade_run::bytes`
    };
    std::vector<output> outputs_;
};

}  // namespace weir_enrich
