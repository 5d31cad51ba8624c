/// Output to several files and the standard output, each with its format.
#pragma once

#include <weir-enrich/endpoints/byte_file.hpp>
#include <weir-enrich/model/endpoint.hpp>
#include <weir-enrich/outputs/trade_chunk.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace weir_enrich {

/// Writes chunks to those endpoints that are files or the standard output. One thread at a time.
/// Errors: std::system_error, which names the endpoint and the cause.
class file_outputs {
public:
    /// Opens the files. `endpoints` are all for which chunks are encoded.
    explicit file_outputs(const std::vector<endpoint>& endpoints);
    bool empty() const noexcept { return outputs_.empty(); }
    /// Empties the files, and writes the headers. Call it before `write`.
    void begin();
    void write(const trade_chunk& chunk);
    /// Call it at the end.
    void close();

private:
    struct output {
        byte_writer to;
        std::string header;
        std::size_t format;  // its index in `trade_chunk::bytes`
    };
    std::vector<output> outputs_;
};

}  // namespace weir_enrich
