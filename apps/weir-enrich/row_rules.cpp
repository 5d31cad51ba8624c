#include "row_rules.hpp"

#include <cmath>

namespace weir_enrich {

namespace {

constexpr row_fault bad_currency{"currency", "must have 1 to 8 characters"};

}  // namespace

void keep(instrument& row, texts& texts) {
    row.rate_key = key_of(row.currency);
    row.symbol = texts.keep(row.symbol);
    row.name = texts.keep(row.name);
    row.currency = texts.keep(row.currency);
}

void keep(account& row, texts& texts) {
    row.name = texts.keep(row.name);
    row.tier = texts.keep(row.tier);
}

void keep(rate& row, texts& texts) {
    row.currency = texts.keep(row.currency);
}

std::optional<row_fault> admit(instrument& row, texts& texts) {
    if (!is_currency(row.currency)) return bad_currency;
    keep(row, texts);
    return std::nullopt;
}

std::optional<row_fault> admit(account& row, texts& texts) {
    if (!std::isfinite(row.fee_rate)) return row_fault{"fee_rate", "must be a number"};
    keep(row, texts);
    return std::nullopt;
}

std::optional<row_fault> admit(rate& row, texts& texts) {
    if (!is_currency(row.currency)) return bad_currency;
    if (!std::isfinite(row.to_base) || row.to_base <= 0) {
        return row_fault{"rate", "must be above 0"};
    }
    keep(row, texts);
    return std::nullopt;
}

}  // namespace weir_enrich
