#include "changing_tables.hpp"

#include <weir/connectors/file/watch.hpp>
#include <weir/operators/filter.hpp>
#include <weir/operators/map.hpp>
#include <weir/sources/interval.hpp>

#include <weir-enrich/model/generator.hpp>
#include <weir-enrich/tables/csv_table.hpp>
#include <weir-enrich/tables/feeds.hpp>
#include <weir-enrich/tables/reloading_table.hpp>
#include <weir-enrich/tables/sqlite_table.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace weir_enrich {

namespace {

template <class Row>
using updates = weir::any_stream<update_of<Row>>;

/// An endless stream of changes: `make()` returns one.
template <class Make>
auto changes(std::uint64_t a_second, Make make) {
    const auto period = std::chrono::nanoseconds(1'000'000'000 / a_second);
    return weir::interval(period) |
           weir::map([make = std::move(make)](std::uint64_t) mutable { return make(); });
}

updates<account> made_accounts(const table_setting& s) {
    const changing_table_options& o = s.options;
    auto table = make_accounts(o.seed, s.strings);
    s.state.change(table->size());
    auto first = whole<account>(std::move(table));
    if (o.changes_a_second == 0) return first;
    const auto change = [d = dice(o.seed + 1), &strings = s.strings, &state = s.state]() mutable {
        account a;
        const auto id = d.below(built_in_accounts);
        a.user_id = id;
        const std::string name = "user " + std::to_string(id);
        a.name = name;
        state.change(built_in_accounts);
        return account_update::put(id, changed_account(std::move(a), d, strings));
    };
    return weir::concat(std::move(first), changes(o.changes_a_second, change));
}

updates<rate> made_rates(const table_setting& s) {
    const changing_table_options& o = s.options;
    auto table = make_rates(s.strings);
    s.state.change(table->size());
    auto first = whole<rate>(std::make_shared<rate_table>(*table));
    if (o.changes_a_second == 0) return first;
    const auto change = [d = dice(o.seed + 2), table, &state = s.state]() mutable {
        for (auto& [key, r] : *table) {
            if (key != key_of("USD")) r.to_base *= 1 + (d.fraction() - 0.5) * 1e-4;
        }
        state.change(table->size());
        return rate_update::replace(std::make_shared<rate_table>(*table));
    };
    return weir::concat(std::move(first), changes(o.changes_a_second, change));
}

/// The table in a CSV file, read again each time the file is replaced.
template <class Row>
updates<Row> watched(const table_setting& s) {
    const std::string& file = s.options.from.path;
    auto written =
        weir::file::watch(file) |  // before the first read, so that no change is missed
        weir::filter([](weir::file::change c) { return c == weir::file::change::written; });
    auto read = [file, &strings = s.strings](const std::stop_token& stop) {
        return read_csv_table<Row>(file, strings, stop);
    };
    return reloading_table<Row>(file, std::move(written), std::move(read), s.state, s.stop);
}

/// The table in a database, read again each time the database has changed.
template <class Row>
updates<Row> polled(const table_setting& s) {
    const endpoint& from = s.options.from;
    auto table = std::make_shared<sqlite_table<Row>>(from, s.strings);
    auto read = [table = std::move(table)](const std::stop_token& stop) {
        return table->read_if_changed(stop);
    };
    return reloading_table<Row>(from.path, weir::interval(from.every), std::move(read), s.state,
                                s.stop);
}

template <class Row>
updates<Row> open_table(const table_setting& s) {
    const endpoint& from = s.options.from;
    if (from.kind == endpoint_kind::sqlite) return polled<Row>(s);
    if (from.kind == endpoint_kind::tcp) return receive_updates<Row>(s);
    if (from.format != format::csv) return follow_updates<Row>(s);
    return watched<Row>(s);
}

}  // namespace

updates<account> open_accounts(const table_setting& s) {
    if (s.options.from.kind == endpoint_kind::generator) return made_accounts(s);
    return open_table<account>(s);
}

updates<rate> open_rates(const table_setting& s) {
    if (s.options.from.kind == endpoint_kind::generator) return made_rates(s);
    return open_table<rate>(s);
}

std::shared_ptr<instrument_table> open_instruments(const endpoint& from, std::uint64_t seed,
                                                   string_pool& strings,
                                                   const std::stop_token& stop) {
    if (from.kind == endpoint_kind::generator) return make_instruments(seed, strings);
    if (from.kind == endpoint_kind::sqlite) {
        return sqlite_table<instrument>(from, strings).read_if_changed(stop);
    }
    return read_csv_table<instrument>(from.path, strings, stop);
}

}  // namespace weir_enrich
