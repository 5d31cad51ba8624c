/// `--map 'name=upper(trim(name))'`: values that are computed from fields.
#pragma once

#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "column_type.hpp"

namespace weir_load::table_load {

/// Text, or NULL.
using map_value = std::optional<std::string_view>;

/// What an expression reads: the fields of a record, by the number of their column.
class map_fields {
public:
    virtual map_value field(std::size_t column) = 0;
    /// Where text is kept that is made on the way.
    virtual std::pmr::memory_resource& memory() = 0;

protected:
    ~map_fields() = default;
};

/// A compiled expression. Used by one thread at a time (it makes random ids).
class map_expression {
public:
    map_expression() = default;
    map_expression(const map_expression&) = delete;
    map_expression& operator=(const map_expression&) = delete;
    virtual ~map_expression() = default;

    virtual map_value value(map_fields& fields) = 0;
    /// The type that an outermost `cast` names.
    virtual std::optional<column_type> type() const { return std::nullopt; }
};

using map_expression_ptr = std::shared_ptr<map_expression>;

/// Compiles `text`, which may name `columns`. Names that are no plain words stand in double quotes,
/// text in single ones.
///
/// | | |
/// |---|---|
/// | `upper(x)`, `lower(x)`, `trim(x)` | |
/// | `replace(x, 'a', 'b')` | every `a` becomes `b` |
/// | `concat(x, ' ', y)` | NULL counts as empty |
/// | `default(x, 'v')` | `v` where x is NULL |
/// | `nullif(x, 'v')` | NULL where x is `v` |
/// | `constant('v')` | |
/// | `cast(x, real)` | the type of the column; outermost only |
/// | `uuid7()`, `now()`, `sha256(x)` | a new id; the time the load began, in UTC; 64 hex digits |
///
/// Every function but concat and default gives NULL for NULL.
/// Throws usage_error, which quotes the expression and says what is wrong with it.
map_expression_ptr compile_map(std::string_view text, std::span<const std::string> columns);

}  // namespace weir_load::table_load
