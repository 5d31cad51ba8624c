/// A table that feeds fill and change.
#pragma once

#include <weir/codec/fault.hpp>

#include <absl/container/flat_hash_set.h>
#include <spdlog/spdlog.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "changes.hpp"
#include "row_rules.hpp"
#include "table_state.hpp"

namespace weir_enrich {

/// What the feeds of one table (the clients of a port, say) have in common. One strand.
template <class Row>
class fed_table {
public:
    using table = table_of<Row>;
    using update = update_of<Row>;
    using key = typename update::key_type;

    /// `texts` and `state` must outlive it.
    fed_table(std::string name, texts& texts, table_state& state)
        : name_(std::move(name)), texts_(&texts), state_(&state) {}

    /// True when a snapshot was complete.
    bool is_there() const noexcept { return kept_ != nullptr; }

    /// The row of a record, made ready for a table; or nothing, and `wrong` says why.
    std::optional<Row> row_of(const change_of<Row>& c, weir::codec::fault& wrong) const {
        Row row;
        if (const auto missing = copy_fields(c, row); !missing.empty()) {
            wrong.why = weir::codec::cause::missing_field;
            wrong.field = missing;
            return std::nullopt;
        }
        if (const auto refused = admit(row, *texts_)) {
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
    /// The whole of it.
    update replace(std::shared_ptr<table> all) {
        keys_.clear();
        keys_.reserve(all->size());
        for (const auto& [k, row] : *all) keys_.insert(k);
        state_->change(keys_.size());
        spdlog::info("{}: complete, {} rows", name_, keys_.size());
        kept_ = std::move(all);
        return update::replace(kept_);
    }
    /// A snapshot has ended before it was complete.
    void give_up(std::size_t rows) {
        state_->fail();
        spdlog::warn("{}: a snapshot ended before it was complete, with {} rows; {}", name_, rows,
                     state_->what_stays());
    }

private:
    std::string name_;
    texts* texts_;
    table_state* state_;
    absl::flat_hash_set<key> keys_;  // for how many there are: the rows are the join's
    // What was sent last: once it is replaced it is freed here, and not by the join.
    std::shared_ptr<table> kept_;
};

}  // namespace weir_enrich
