#include <weir/connectors/csv/fault.hpp>

#include <absl/strings/cord.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/string_view.h>

#include <utility>

namespace weir::csv {
namespace {

// Abseil's own string_view instead of std's: on some machines they are different types.
constexpr absl::string_view position_url = "weir/csv/position";

}  // namespace

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
    absl::Status s = reason == fault::record_too_large ? absl::ResourceExhaustedError(message())
                                                       : absl::InvalidArgumentError(message());
    // Through a view, because clang and GCC name Cord's constructor from std::string&& differently.
    const std::string place = absl::StrCat(where.line, " ", where.offset);
    s.SetPayload(position_url, absl::Cord{absl::string_view{place}});
    return s;
}

std::optional<position> position_of(const absl::Status& status) {
    const auto payload = status.GetPayload(position_url);
    if (!payload) return std::nullopt;
    const auto text = static_cast<std::string>(*payload);
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(text, ' ');
    position p;
    if (!absl::SimpleAtoi(parts.first, &p.line) || !absl::SimpleAtoi(parts.second, &p.offset)) {
        return std::nullopt;
    }
    return p;
}

}  // namespace weir::csv
