/// A table that feeds fill and change.
#pragma once

#include <weir/codec/fault.hpp>

#include <absl/container/flat_hash_set.h>
#include <spdlog/spdlog.h>
#include <weir-enrich/model/row_rules.hpp>
#include <weir-enrich/model/table_state.hpp>
#include <weir-enrich/tables/table_changes.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace weir_enrich {

/// The table that several feeds share, the clients of a port for example. Used on one strand.
template <class Row>
class feed_table {
public:
    using table = table_of<Row>;
    using update = update_of<Row>;
    using key = typename update::key_type;

    /// `strings` and `state` must outlive it.
    feed_table(std::string name, string_pool& strings, table_state& state)
        : name_(std::move(name)), strings_(&strings), state_(&state) {}

    /// True after the first complete snapshot.
    bool is_there() const noexcept { return kept_ != nullptr; }

    /// The row of a record, ready for a table; or nothing, and `wrong` has the fault.
    std::optional<Row> row_of(const change_of<Row>& c, weir::codec::fault& wrong) const {
        Row row;
        if (const auto missing = copy_fields(c, row); !missing.empty()) {
            wrong.why = weir::codec::cause::missing_field;
            wrong.field = missing;
            return std::nullopt;
        }
        if (const auto refused = admit(row, *strings_)) {
            wrong.why = weir::codec::cause::out_of_range;
            wrong.field = refused->field;
            wrong.detail = refused->rule;
            return std::nullopt;
        }
        return row;
    }

    update put(const Row& row) {
        keys_.insert(key_of(row));
        state_->change(keys_.size());
        return update::put(key_of(row), row);
    }
    update remove(const key& k) {
        keys_.erase(k);
        state_->change(keys_.size());
        return update::remove(k);
    }
    /// Replaces the whole table.
    update replace(std::shared_ptr<table> all) {
        keys_.clear();
        keys_.reserve(all->size());
        for (const auto& [k, row] : *all) keys_.insert(k);
        state_->change(keys_.size());
        spdlog::info("{}: complete, {} rows", name_, keys_.size());
        kept_ = std::move(all);
        return update::replace(kept_);
    }
    /// Call it when a snapshot ends before it is complete.
    void give_up(std::size_t rows) {
        state_->fail();
        spdlog::warn("{}: a snapshot ended before it was complete, with {} rows; {}", name_, rows,
                     state_->what_stays());
    }

private:
    std::string name_;
    string_pool* strings_;
    table_state* state_;
    absl::flat_hash_set<key> keys_;  // to count the rows, which the join holds
    // The last table that was sent. It is kept so that it is freed here, and not by the join.
    std::shared_ptr<table> kept_;
};

}  // namespace weir_enrich
