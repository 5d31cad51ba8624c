/// Structs from and to the records of CSV files.
#pragma once

#include <weir/codec/fields.hpp>
#include <weir/connectors/csv/file_reader.hpp>
#include <weir/connectors/csv/record.hpp>
#include <weir/core/utf8.hpp>

#include <shared/header.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace weir_enrich {

/// A field's text as a value; nothing if it is invalid, or not UTF-8. A view points into `text`.
template <class M>
std::optional<M> parse_field(std::string_view text) {
    if constexpr (weir::codec::text<M>) {
        return weir::is_utf8(text) ? std::optional<M>(text) : std::nullopt;
    } else if constexpr (weir::codec::named_enum<M>) {
        return weir::codec::from_text<M>(text);
    } else {
        M value{};
        const char* const end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, value);
        return error == std::errc() && stop == end ? std::optional<M>(value) : std::nullopt;
    }
}

/// Reads `T`s by the names of their fields, which the header must have, in any order.
template <weir::codec::described T>
class csv_fields {
public:
    /// Throws csv::file_error, which names what the header lacks.
    csv_fields(const std::filesystem::path& file, const weir::csv::columns& columns) {
        std::vector<std::string_view> wanted;
        T names;
        weir::codec::for_each_field(
            names, [&](std::string_view name, const auto&) { wanted.push_back(name); });
        std::ranges::copy(weir_apps::find_named(file, columns, wanted), columns_.begin());
    }

    /// Empty if the record is valid, else the field and its fault. Views point into the record.
    std::string read(const weir::csv::record& record, T& to) const {
        std::size_t i = 0;
        std::string wrong;
        weir::codec::for_each_field(to, [&]<class M>(std::string_view name, M& member) {
            const std::string_view text = record[columns_[i++]];
            if (auto value = parse_field<M>(text)) {
                member = *value;
            } else if (wrong.empty()) {
                wrong =
                    std::string(name) + ": cannot be \"" + std::string(text.substr(0, 40)) + '"';
            }
        });
        return wrong;
    }

private:
    std::array<std::size_t, weir::codec::field_count<T>> columns_{};
};

/// The names of the fields, as a header.
template <weir::codec::described T>
std::string csv_header() {
    std::string line;
    const T names;
    weir::codec::for_each_field(names, [&line](std::string_view name, const auto&) {
        if (!line.empty()) line += ',';
        line += name;
    });
    return line += '\n';
}

/// Appends a text, in quotes if it needs them.
inline void append_csv_text(std::string& to, std::string_view text) {
    if (text.find_first_of(",\"\r\n") == text.npos) {
        to += text;
        return;
    }
    to += '"';
    for (const char c : text) to.append(c == '"' ? 2 : 1, c);
    to += '"';
}

/// Appends a value's text.
template <class M>
void append_csv_field(std::string& to, const M& value) {
    if constexpr (weir::codec::text<M>) {
        append_csv_text(to, value);
    } else if constexpr (weir::codec::named_enum<M>) {
        append_csv_text(to, weir::codec::to_text(value).value_or(""));
    } else {
        std::array<char, 32> digits;
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        to.append(digits.data(), end);
    }
}

/// Appends a record and its line end.
template <weir::codec::described T>
void append_csv_line(std::string& to, const T& value) {
    bool first = true;
    weir::codec::for_each_field(value, [&](std::string_view, const auto& member) {
        if (!first) to += ',';
        first = false;
        append_csv_field(to, member);
    });
    to += '\n';
}

}  // namespace weir_enrich
