#include "row_rules.hpp"

#include <cmath>

namespace weir_enrich {

namespace {

constexpr row_fault bad_currency{"currency", "must have 1 to 8 characters"};

// Every format can express values that are not numbers: `nan`, `inf`, bits in a frame.
std::optional<row_fault> not_finite(std::string_view field, double value) {
    if (std::isfinite(value)) return std::nullopt;
    return row_fault{field, "must be a finite number"};
}

}  // namespace

void own_strings(instrument& row, string_pool& strings) {
    row.rate_key = key_of(row.currency);
    row.symbol = strings.intern(row.symbol);
    row.name = strings.intern(row.name);
    row.currency = strings.intern(row.currency);
}

void own_strings(account& row, string_pool& strings) {
    row.strings = strings.store({&row.name, &row.tier});
}

void own_strings(rate& row, string_pool& strings) {
    row.strings = strings.store({&row.currency});
}

std::optional<row_fault> admit(instrument& row, string_pool& strings) {
    if (!is_currency(row.currency)) return bad_currency;
    if (const auto wrong = not_finite("tick_size", row.tick_size)) return wrong;
    own_strings(row, strings);
    return std::nullopt;
}

std::optional<row_fault> admit(account& row, string_pool& strings) {
    if (const auto wrong = not_finite("fee_rate", row.fee_rate)) return wrong;
    own_strings(row, strings);
    return std::nullopt;
}

std::optional<row_fault> admit(rate& row, string_pool& strings) {
    if (!is_currency(row.currency)) return bad_currency;
    if (const auto wrong = not_finite("rate", row.to_base)) return wrong;
    if (row.to_base <= 0) return row_fault{"rate", "must be above 0"};
    own_strings(row, strings);
    return std::nullopt;
}

std::optional<row_fault> fault_of(const trade& t) {
    return not_finite("price", t.price);
}

}  // namespace weir_enrich
