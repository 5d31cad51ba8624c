/// Where enriched trades go: several places at once, each with its format.
#pragma once

#include <string>
#include <vector>

#include "byte_file.hpp"
#include "enriched_trade.hpp"
#include "place.hpp"

namespace weir_enrich {

/// A run of trades, and their bytes for each format that is wanted.
struct encoded_run {
    std::vector<enriched_trade> trades;
    std::vector<std::string> bytes;  ///< in the order of `encoder::formats`
};

/// Makes the bytes. Each worker has a copy of it.
class encoder {
public:
    explicit encoder(std::vector<format> formats) : formats_(std::move(formats)) {}
    encoded_run operator()(std::vector<enriched_trade> trades) const;
    const std::vector<format>& formats() const noexcept { return formats_; }

private:
    std::vector<format> formats_;
};

/// The formats of `places`, each once.
std::vector<format> formats_of(const std::vector<place>& places);

/// Writes runs to all places but those of tcp. Errors: std::system_error, which names the place and
/// the cause.
class outputs {
public:
    /// Creates the files, with headers where the format has one.
    explicit outputs(const std::vector<place>& places);
    void write(const encoded_run& run);
    /// To be called at the end.
    void close();

private:
    struct output {
        byte_writer to;
        std::size_t format;  // its place in `encoded_run::bytes`
    };
    std::vector<output> outputs_;
};

/// What comes before the first trade.
std::string header_of(format f);

}  // namespace weir_enrich
