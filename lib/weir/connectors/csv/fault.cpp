#include <weir/connectors/csv/fault.hpp>

#include <absl/strings/str_cat.h>

namespace weir::csv {

std::string record_error::reason_text() const {
    switch (reason) {
        case fault::wrong_field_count:
            return absl::StrCat(field, field == 1 ? " field" : " fields", ", expected ", expected);
        case fault::text_after_quote:
            return absl::StrCat("text after the closing quote of field ", field);
        case fault::unclosed_quote:
            return absl::StrCat("the quote of field ", field, " is never closed");
        case fault::record_too_large:
            return "the record is larger than the bound on record size";
        case fault::none:
            break;
    }
    return "no fault";
}

std::string record_error::message() const {
    return absl::StrCat("line ", where.line, ", byte ", where.offset, ": ", reason_text());
}

absl::Status record_error::status() const {
    if (reason == fault::none) return absl::OkStatus();
    if (reason == fault::record_too_large) return absl::ResourceExhaustedError(message());
    return absl::InvalidArgumentError(message());
}

}  // namespace weir::csv
