/// Building of tables.
#pragma once

#include <fmt/format.h>
#include <weir-enrich/model/row_rules.hpp>

#include <memory>
#include <string>
#include <utility>

namespace weir_enrich {

/// Makes a table of rows. All must be valid, because a table must not lack a row.
template <class Row>
class table_builder {
public:
    explicit table_builder(string_pool& strings) : strings_(strings) {}

    /// Adds a row. Returns its fault, if it has one.
    std::string add(Row row) {
        if (const auto wrong = admit(row, strings_)) {
            return fmt::format("{}: {}", wrong->field, wrong->rule);
        }
        if (table_->emplace(key_of(row), row).second) return {};
        return fmt::format("{}: is there twice", key_name<Row>);
    }
    /// Returns the table. Call it once.
    std::shared_ptr<table_of<Row>> take() { return std::move(table_); }

private:
    string_pool& strings_;
    std::shared_ptr<table_of<Row>> table_ = std::make_shared<table_of<Row>>();
};

}  // namespace weir_enrich
