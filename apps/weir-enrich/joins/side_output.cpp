#include "side_output.hpp"

#include <weir/codec/frame_write.hpp>
#include <weir/codec/json_write.hpp>

#include <weir-enrich/endpoints/csv_fields.hpp>

#include <algorithm>
#include <cstdint>

namespace weir_enrich {

side_output::side_output(const endpoint& to, counter& written)
    : format_(to.format), to_(to), written_(&written) {
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
    ends_.push_back(waiting_.size());
}

void side_output::flush() {
    if (waiting_.empty()) return;
    const std::uint64_t before = to_.written();
    const auto count = [this, before] {
        const std::uint64_t taken = to_.written() - before;
        const auto whole = std::ranges::upper_bound(ends_, taken);
        written_->add(static_cast<std::uint64_t>(whole - ends_.begin()));
    };
    try {
        to_.write(waiting_);
    } catch (...) {
        count();
        throw;
    }
    count();
    waiting_.clear();
    ends_.clear();
}

void side_output::close() {
    flush();
    to_.close();
}

}  // namespace weir_enrich
