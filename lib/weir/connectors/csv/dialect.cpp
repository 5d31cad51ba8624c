#include <weir/connectors/csv/dialect.hpp>

#include <absl/strings/str_cat.h>

namespace weir::csv {
namespace {

absl::Status check_byte(const char* what, char c) {
    if (c == '\n' || c == '\r') {
        return absl::InvalidArgumentError(absl::StrCat("csv: the ", what, " cannot be a line end"));
    }
    if (c == '\0') {
        return absl::InvalidArgumentError(absl::StrCat("csv: the ", what, " cannot be NUL"));
    }
    return absl::OkStatus();
}

}  // namespace

absl::Status validate(const dialect& d) {
    if (auto s = check_byte("delimiter", d.delimiter); !s.ok()) return s;
    if (auto s = check_byte("quote", d.quote); !s.ok()) return s;
    if (d.delimiter == d.quote) {
        return absl::InvalidArgumentError("csv: the delimiter and the quote are the same");
    }
    if (d.comment) {
        if (auto s = check_byte("comment", *d.comment); !s.ok()) return s;
        if (*d.comment == d.delimiter) {
            return absl::InvalidArgumentError("csv: the comment and the delimiter are the same");
        }
        if (*d.comment == d.quote) {
            return absl::InvalidArgumentError("csv: the comment and the quote are the same");
        }
    }
    constexpr std::size_t largest = std::size_t{1} << 30;
    if (d.max_record_size == 0 || d.max_record_size > largest) {
        return absl::InvalidArgumentError(absl::StrCat(
            "csv: max_record_size must be 1 to ", largest, " bytes, it is ", d.max_record_size));
    }
    return absl::OkStatus();
}

}  // namespace weir::csv
