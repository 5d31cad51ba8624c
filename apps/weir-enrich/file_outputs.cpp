#include "file_outputs.hpp"

#include "encoder.hpp"

namespace weir_enrich {

file_outputs::file_outputs(const std::vector<place>& places) {
    outputs_.reserve(places.size());
    for (const place& p : places) {
        if (p.kind != place_kind::file && p.kind != place_kind::standard) continue;
        outputs_.push_back({byte_writer(p), header_of(p.format), guard_of(p.format, places)});
    }
}

void file_outputs::begin() {
    for (output& o : outputs_) {
        o.to.begin();
        o.to.write(o.header);
    }
}

void file_outputs::write(const trade_run& run) {
    for (output& o : outputs_) o.to.write(run.bytes[o.format]);
}

void file_outputs::close() {
    for (output& o : outputs_) o.to.close();
}

}  // namespace weir_enrich
