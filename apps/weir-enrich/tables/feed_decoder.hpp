/// Decoding of a feed into updates of its table.
#pragma once

#include <weir/codec/deliver.hpp>
#include <weir/codec/fault.hpp>

#include <weir-enrich/tables/feed_table.hpp>
#include <weir-enrich/tables/table_changes.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace weir_enrich {

/// How a feed begins.
enum class feed_begin : std::uint8_t {
    whole,   ///< with the whole table, as after `start-over`
    changes  ///< with changes, if the table has a complete snapshot; else as above
};

/// A decoder (weir/connectors/tcp/decoder.hpp) that gives updates of a table. `Codec` reads the
/// records: `codec::json_lines<change_of<Row>>`, or `frames`.
///
/// The records between `start-over` and `complete` are gathered, and then replace the table at
/// once. Otherwise each `put` and `remove` changes the table immediately. If a feed ends before
/// `complete`, what was gathered is discarded. An invalid record is a fault, and left out.
template <class Row, class Codec>
class feed_decoder {
    using fault = weir::codec::fault;
    using gathered = std::shared_ptr<table_of<Row>>;

public:
    using value_type = update_of<Row>;

    feed_decoder(std::shared_ptr<feed_table<Row>> table, feed_begin begin)
        : table_(std::move(table)), begin_(begin) {}

    template <class OnValue, class OnFault>
    std::size_t feed(std::string_view bytes, OnValue&& on_value, OnFault&& on_fault) {
        const std::size_t taken = codec_.feed(bytes, record_to(on_value, on_fault), on_fault);
        if constexpr (requires { codec_.broken(); }) {
            if (codec_.broken()) give_up();
        }
        return taken;
    }

    template <class OnValue, class OnFault>
    bool end(OnValue&& on_value, OnFault&& on_fault) {
        const bool more = codec_.end(record_to(on_value, on_fault), on_fault);
        give_up();
        return more;
    }

    bool broken() const noexcept
        requires requires(const Codec& c) { c.broken(); }
    {
        return codec_.broken();
    }

private:
    template <class OnValue, class OnFault>
    auto record_to(OnValue& on_value, OnFault& on_fault) {
        return [this, &on_value, &on_fault](change_of<Row>&& c) -> bool {
            fault wrong = codec_.place();
            auto update = take(c, wrong);
            if (update) return weir::codec::deliver(on_value, std::move(*update));
            if (wrong.why == weir::codec::cause::none) return true;
            return weir::codec::deliver(on_fault, std::as_const(wrong));
        };
    }

    /// The update that a record makes; or a fault in `wrong`; or nothing yet.
    std::optional<value_type> take(const change_of<Row>& c, fault& wrong) {
        if (!begun_) begin();
        switch (c.op) {
            case table_op::put:
                return put(c, wrong);
            case table_op::remove:
                return remove(c, wrong);
            case table_op::start_over:
                gathered_ = std::make_shared<table_of<Row>>();
                return std::nullopt;
            case table_op::complete:
                // The table is complete already.
                if (!gathered_) return std::nullopt;
                return table_->replace(std::exchange(gathered_, nullptr));
        }
        return std::nullopt;
    }

    void begin() {
        begun_ = true;
        if (begin_ == feed_begin::whole || !table_->is_there()) {
            gathered_ = std::make_shared<table_of<Row>>();
        }
    }

    std::optional<value_type> put(const change_of<Row>& c, fault& wrong) {
        const auto row = table_->row_of(c, wrong);
        if (!row) return std::nullopt;
        if (!gathered_) return table_->put(*row);
        gathered_->insert_or_assign(key_of(*row), *row);
        return std::nullopt;
    }

    std::optional<value_type> remove(const change_of<Row>& c, fault& wrong) {
        Row row;
        if (copy_fields(c, row) == key_name<Row>) {
            wrong.why = weir::codec::cause::missing_field;
            wrong.field = key_name<Row>;
            return std::nullopt;
        }
        if (!gathered_) return table_->remove(key_of(row));
        gathered_->erase(key_of(row));
        return std::nullopt;
    }

    void give_up() {
        if (gathered_) table_->give_up(std::exchange(gathered_, nullptr)->size());
    }

    std::shared_ptr<feed_table<Row>> table_;
    feed_begin begin_;
    bool begun_ = false;
    gathered gathered_;  // the rows since `start-over`, if one came
    Codec codec_;
};

}  // namespace weir_enrich
