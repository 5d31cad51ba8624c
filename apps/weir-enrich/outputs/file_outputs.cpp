#include "file_outputs.hpp"

#include <weir-enrich/outputs/encoder.hpp>

namespace weir_enrich {

file_outputs::file_outputs(const std::vector<endpoint>& endpoints) {
    outputs_.reserve(endpoints.size());
    for (const endpoint& p : endpoints) {
        if (p.kind != endpoint_kind::file && p.kind != endpoint_kind::standard) continue;
        outputs_.push_back(
            {byte_writer(p), header_of(p.format), format_index(p.format, endpoints)});
    }
}

void file_outputs::begin() {
    for (output& o : outputs_) {
        o.to.begin();
        o.to.write(o.header);
    }
}

void file_outputs::write(const trade_chunk& chunk) {
    for (output& o : outputs_) o.to.write(chunk.bytes[o.format]);
}

void file_outputs::close() {
    for (output& o : outputs_) o.to.close();
}

}  // namespace weir_enrich
