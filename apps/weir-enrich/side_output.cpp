#include "side_output.hpp"

#include <weir/codec/frame_write.hpp>
#include <weir/codec/json_write.hpp>

#include "csv_fields.hpp"

namespace weir_enrich {

side_output::side_output(const place& to) : format_(to.format), to_(to) {
    if (format_ == format::csv) waiting_ = csv_header<trade>();
}

void side_output::add(const trade& t) {
    switch (format_) {
        case format::csv:
            append_csv_line(waiting_, t);
            break;
        case format::frames:
            weir::codec::append_frame(waiting_, t);
            break;
        default:
            weir::codec::append_json_line(waiting_, t);
    }
    if (waiting_.size() < enough) return;
    to_.write(waiting_);
    waiting_.clear();
}

void side_output::close() {
    to_.write(waiting_);
    waiting_.clear();
    to_.close();
}

}  // namespace weir_enrich
