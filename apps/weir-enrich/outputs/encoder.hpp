/// Encoding of enriched trades.
#pragma once

#include <weir-enrich/model/endpoint.hpp>
#include <weir-enrich/outputs/trade_chunk.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace weir_enrich {

/// Encodes chunks. Each worker has its own copy.
class encoder {
public:
    explicit encoder(std::vector<format> formats)
        : formats_(std::move(formats)), largest_(formats_.size()) {}
    shared_chunk operator()(owned_chunk chunk);

private:
    std::vector<format> formats_;
    std::vector<std::size_t> largest_;  // the largest trade so far, in bytes, for each format
};

/// The formats of the `endpoints` that take bytes, each once.
std::vector<format> formats_of(const std::vector<endpoint>& endpoints);
/// The index of format `f` in `formats_of(endpoints)`, and so in `trade_chunk::bytes`.
std::size_t format_index(format f, const std::vector<endpoint>& endpoints);

/// The bytes before the first trade.
std::string header_of(format f);

}  // namespace weir_enrich
