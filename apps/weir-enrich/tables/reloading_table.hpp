/// A table that is read again as a whole when it may have changed.
#pragma once

#include <weir/joins/concat.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/filter_map.hpp>
#include <weir/operators/map_blocking.hpp>
#include <weir/sources/from_range.hpp>

#include <spdlog/spdlog.h>
#include <weir-enrich/model/rows.hpp>
#include <weir-enrich/model/table_state.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace weir_enrich {

/// The table as a stream of one replacement.
template <class Row>
auto whole(std::shared_ptr<table_of<Row>> table) {
    std::vector<update_of<Row>> one{update_of<Row>::replace(std::move(table))};
    return weir::from_range(std::move(one));
}

/// Reads a table again. If that fails, the cause is logged, once for each cause, and the old table
/// stays in use.
template <class Row, class Read>
class table_reloader {
public:
    table_reloader(std::string name, Read read, std::shared_ptr<table_of<Row>> first,
                   table_state& state)
        : name_(std::move(name)), read_(std::move(read)), kept_(std::move(first)), state_(&state) {}

    /// The update, if there is one.
    template <class Reason>
    std::optional<update_of<Row>> operator()(const Reason& /*it may have changed*/) {
        std::shared_ptr<table_of<Row>> table;
        try {
            table = read_(ending_.get_token());
        } catch (const std::exception& error) {
            if (!ending_.stop_requested()) tell(error.what());
            return std::nullopt;
        }
        trouble_.clear();
        if (!table) {
            state_->mend();
            return std::nullopt;
        }
        state_->change(table->size());
        spdlog::info("{}: read again, {} rows", name_, table->size());
        kept_ = std::move(table);
        return update_of<Row>::replace(kept_);
    }

    /// Ends a read that is under way, because its table is not needed. From any thread.
    void stop() noexcept { ending_.request_stop(); }

private:
    void tell(std::string trouble) {
        state_->fail();
        if (trouble != trouble_) spdlog::warn("{}; {}", trouble, state_->what_stays());
        trouble_ = std::move(trouble);
    }

    std::string name_;
    Read read_;
    std::stop_source ending_;
    // The last table that was sent. It is kept so that it is freed here, and not by the join.
    std::shared_ptr<table_of<Row>> kept_;
    table_state* state_;
    std::string trouble_;
};

/// The table that `read(stop)` returns, which is called now and for each item of `reasons`. A later
/// call may return null: the table has not changed. Later calls are on the blocking executor, so
/// trades do not wait for them. `stop` is for the first call; later ones are stopped when the
/// stream is destroyed.
template <class Row, class Reasons, class Read>
auto reloading_table(std::string name, Reasons reasons, Read read, table_state& state,
                     const std::stop_token& stop) {
    auto table = read(stop);
    state.change(table->size());
    auto again = weir::map_blocking(
        table_reloader<Row, Read>(std::move(name), std::move(read), table, state));
    const auto if_any = [](std::optional<update_of<Row>> u) { return u; };
    auto later = std::move(reasons) | std::move(again) | weir::filter_map(if_any) | weir::buffer(1);
    return weir::concat(whole<Row>(std::move(table)), std::move(later));
}

}  // namespace weir_enrich
