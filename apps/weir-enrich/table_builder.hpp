/// A table, row by row.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "row_rules.hpp"

namespace weir_enrich {

/// Makes a table of rows, all of which must be in order: a table that lacks a row is no table.
template <class Row>
class table_builder {
public:
    explicit table_builder(texts& texts) : texts_(texts) {}

    /// Adds a row. Says what is wrong with it, or nothing.
    std::string add(Row row) {
        if (const auto wrong = admit(row, texts_)) {
            return fmt::format("{}: {}", wrong->field, wrong->rule);
        }
        if (table_->emplace(key_of(row), row).second) return {};
        return fmt::format("{}: is there twice", key_name<Row>);
    }
    /// The table. Once.
    std::shared_ptr<table_of<Row>> take() { return std::move(table_); }

private:
    texts& texts_;
    std::shared_ptr<table_of<Row>> table_ = std::make_shared<table_of<Row>>();
};

}  // namespace weir_enrich
