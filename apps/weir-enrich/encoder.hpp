/// Enriched trades as bytes.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "enriched_trade.hpp"
#include "place.hpp"

namespace weir_enrich {

/// A run of trades, and their bytes for each format that is wanted.
struct encoded_run {
    std::vector<enriched_trade> trades;
    std::vector<std::string> bytes;  ///< in the order of the encoder's formats
};

/// The same run for all places that write it.
using shared_run = std::shared_ptr<const encoded_run>;

/// Makes the bytes. Each worker has a copy of it.
class encoder {
public:
    explicit encoder(std::vector<format> formats)
        : formats_(std::move(formats)), most_(formats_.size()) {}
    shared_run operator()(std::vector<enriched_trade> trades);

private:
    std::vector<format> formats_;
    std::vector<std::size_t> most_;  // bytes of a run so far, in each format
};

/// The formats of those `places` that are written to as bytes, each once.
std::vector<format> formats_of(const std::vector<place>& places);
/// Where the bytes of format `f` are in a run that is encoded in `formats_of(places)`.
std::size_t place_of(format f, const std::vector<place>& places);

/// What comes before the first trade.
std::string header_of(format f);

}  // namespace weir_enrich
