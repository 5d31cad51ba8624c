#include "type_inference.hpp"

#include <fmt/format.h>
#include <weir-load/text.hpp>

#include <algorithm>
#include <array>

#include "value_parser.hpp"

namespace weir_load::table_load {

namespace {

std::string in_line(std::string_view value, std::uint64_t line) {
    constexpr std::size_t most = 30;
    return fmt::format(
        "line {} has '{}'", line,
        value.size() > most ? std::string(value.substr(0, most)) + "..." : std::string(value));
}

}  // namespace

void type_evidence::count(kind_count& kind, bool is, std::string_view value,
                          std::uint64_t line) const {
    if (is) {
        ++kind.values;
    } else if (kind.other.line == 0) {
        kind.other = {std::string(value), line};
    }
}

void type_evidence::add(std::string_view value, std::uint64_t line, const date_format* dates) {
    ++values_;
    const bool whole = plain_integer(value).has_value();
    const bool real = plain_real(value).has_value();
    const bool number = whole || real;
    count(whole_, whole, value, line);
    count(real_, real, value, line);
    count(date_, !number && is_iso_date(value), value, line);
    count(timestamp_, !number && is_iso_timestamp(value), value, line);
    if (dates) count(formatted_, dates->parse(value).has_value(), value, line);
}

column_type type_evidence::type(const date_format* dates) const noexcept {
    const auto all = [this](const kind_count& kind) { return kind.values == values_; };
    if (values_ == 0) return column_type::text;
    if (dates && all(formatted_)) {
        return dates->has_time() ? column_type::timestamp : column_type::date;
    }
    if (all(whole_)) return column_type::integer;
    if (all(real_)) return column_type::real;
    if (all(date_)) return column_type::date;
    if (all(timestamp_)) return column_type::timestamp;
    return column_type::text;
}

std::string type_evidence::why(const date_format* dates) const {
    const std::string empty =
        nulls_ == 0 ? std::string() : fmt::format(", {} empty", grouped(nulls_));
    if (values_ == 0) return "no values" + empty;
    if (type(dates) != column_type::text) {
        return fmt::format("{}{}", counted(values_, "value", "values"), empty);
    }
    // Nearly of a type: the value that spoils it is what one wants to see.
    const std::array<std::pair<const char*, const kind_count*>, 5> kinds = {
        {{"whole numbers", &whole_},
         {"numbers", &real_},
         {"dates", &date_},
         {"timestamps", &timestamp_},
         {"dates of the format", &formatted_}}};
    const auto best =
        std::ranges::max_element(kinds, {}, [](const auto& kind) { return kind.second->values; });
    if (best->second->values == 0) {
        return fmt::format("{}{}", counted(values_, "value", "values"), empty);
    }
    return fmt::format("{} of {} are {}, but {}{}", grouped(best->second->values),
                       counted(values_, "value", "values"), best->first,
                       in_line(best->second->other.value, best->second->other.line), empty);
}

}  // namespace weir_load::table_load
