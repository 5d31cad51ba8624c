/// Enriched trades as bytes.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "place.hpp"
#include "trade_run.hpp"

namespace weir_enrich {

/// Makes the bytes. Each worker has a copy of it.
class encoder {
public:
    explicit encoder(std::vector<format> formats)
        : formats_(std::move(formats)), largest_(formats_.size()) {}
    shared_run operator()(owned_run run);

private:
    std::vector<format> formats_;
    std::vector<std::size_t> largest_;  // bytes of a trade so far, in each format
};

/// The formats of those `places` that are written to as bytes, each once.
std::vector<format> formats_of(const std::vector<place>& places);
/// Where the bytes of format `f` are in a run that is encoded in `formats_of(places)`.
std::size_t guard_of(format f, const std::vector<place>& places);

/// What comes before the first trade.
std::string header_of(format f);

}  // namespace weir_enrich
