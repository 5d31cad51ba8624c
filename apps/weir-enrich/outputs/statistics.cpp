#include "statistics.hpp"

#include <weir/codec/frame_write.hpp>
#include <weir/codec/json_write.hpp>

#include <weir-enrich/endpoints/csv_fields.hpp>

#include <utility>

namespace weir_enrich {

namespace {

void append(std::string& to, format f, const statistics_record& r) {
    switch (f) {
        case format::csv:
            return append_csv_line(to, r);
        case format::frames:
            return weir::codec::append_frame(to, r);
        default:
            return weir::codec::append_json_line(to, r);
    }
}

}  // namespace

statistics_output::statistics_output(const statistics_options& o)
    : format_(o.to.format), movers_(o.movers), window_(o.window), to_(o.to) {}

void statistics_output::begin() {
    if (std::exchange(begun_, true)) return;
    to_.begin();
    if (format_ == format::csv) to_.write(csv_header<statistics_record>());
}

left_out statistics_output::add(const std::vector<enriched_trade>& trades) {
    begin();
    left_out n;
    for (const enriched_trade& t : trades) {
        const timing when = window_.judge(t.event_time);
        if (when == timing::fits) {
            end_periods(window_.period_of(t.event_time));
            window_.take(t);
        } else {
            ++(when == timing::late ? n.late : n.ahead);
        }
    }
    return n;
}

void statistics_output::end_periods(std::int64_t period) {
    while (window_.newest() < period && end_period()) window_.slide_to(window_.newest() + 1);
}

bool statistics_output::end_period() {
    bytes_.clear();
    const auto statistics = movers_ ? window_.movers(*movers_) : window_.top(window::all);
    for (const instrument_statistics& f : statistics) {
        append(bytes_, format_,
               {window_.end(), f.instrument_id, f.symbol, f.count, f.volume, f.vwap(),
                f.mean_notional(), f.move()});
    }
    to_.write(bytes_);
    return !statistics.empty();
}

void statistics_output::close() {
    begin();
    end_period();
    to_.close();
}

}  // namespace weir_enrich
