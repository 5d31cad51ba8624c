#include "row_rules.hpp"

#include <cmath>

namespace weir_enrich {

namespace {

constexpr row_fault bad_currency{"currency", "must have 1 to 8 characters"};

// Each way of writing numbers has its own for those that are none: `nan`, `inf`, bits in a frame.
std::optional<row_fault> not_finite(std::string_view field, double value) {
    if (std::isfinite(value)) return std::nullopt;
    return row_fault{field, "must be a finite number"};
}

}  // namespace

void keep(instrument& row, texts& texts) {
    row.rate_key = key_of(row.currency);
    row.symbol = texts.keep(row.symbol);
    row.name = texts.keep(row.name);
    row.currency = texts.keep(row.currency);
}

void keep(account& row, texts& texts) {
    row.kept = texts.share({&row.name, &row.tier});
}

void keep(rate& row, texts& texts) {
    row.kept = texts.share({&row.currency});
}

std::optional<row_fault> admit(instrument& row, texts& texts) {
    if (!is_currency(row.currency)) return bad_currency;
    if (const auto wrong = not_finite("tick_size", row.tick_size)) return wrong;
    keep(row, texts);
    return std::nullopt;
}

std::optional<row_fault> admit(account& row, texts& texts) {
    if (const auto wrong = not_finite("fee_rate", row.fee_rate)) return wrong;
    keep(row, texts);
    return std::nullopt;
}

std::optional<row_fault> admit(rate& row, texts& texts) {
    if (!is_currency(row.currency)) return bad_currency;
    if (const auto wrong = not_finite("rate", row.to_base)) return wrong;
    if (row.to_base <= 0) return row_fault{"rate", "must be above 0"};
    keep(row, texts);
    return std::nullopt;
}

std::optional<row_fault> fault_of(const trade& t) {
    return not_finite("price", t.price);
}

}  // namespace weir_enrich
