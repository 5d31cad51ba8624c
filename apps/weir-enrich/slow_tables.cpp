#include "slow_tables.hpp"

#include <weir/connectors/file/watch.hpp>
#include <weir/joins/concat.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/filter_map.hpp>
#include <weir/operators/map.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/sources/interval.hpp>

#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "generator.hpp"
#include "read_tables.hpp"

namespace weir_enrich {

namespace {

/// The table as a stream of one replacement.
template <class Update>
auto whole(std::shared_ptr<typename Update::table_type> table) {
    std::vector<Update> one{Update::replace(std::move(table))};
    return weir::from_range(std::move(one));
}

/// Changes until the end of time: `make()` returns one.
template <class Make>
auto changes(std::uint64_t a_second, Make make) {
    const auto period = std::chrono::nanoseconds(1'000'000'000 / a_second);
    return weir::interval(period) |
           weir::map([make = std::move(make)](std::uint64_t) mutable { return make(); });
}

/// The table in a file, and anew each time the file is replaced. One that cannot be read is told in
/// the log, and the one before stays in use. Reading is a task of its own: trades do not wait.
template <class Update, class Read>
auto watched(const std::filesystem::path& file, table_state& state, const Read& read) {
    auto written = weir::file::watch(file);  // first, so that no change is missed
    auto table = read();
    state.change(table->size());
    // `kept` is what was sent last: once it is replaced it is freed here, and not by the join.
    const auto again = [file, &state, read,
                        kept = table](weir::file::change what) mutable -> std::optional<Update> {
        if (what == weir::file::change::removed) return std::nullopt;
        try {
            kept = read();
        } catch (const std::exception& error) {
            spdlog::warn("{}; the table of before stays in use", error.what());
            return std::nullopt;
        }
        state.change(kept->size());
        spdlog::info("{}: read again, {} rows", file.string(), kept->size());
        return Update::replace(kept);
    };
    auto later = std::move(written) | weir::filter_map(again) | weir::buffer(1);
    return weir::concat(whole<Update>(std::move(table)), std::move(later));
}

}  // namespace

weir::any_stream<account_update> open_accounts(const slow_table_options& o, texts& texts,
                                               table_state& state) {
    if (!o.file.empty()) {
        return watched<account_update>(
            o.file, state, [file = o.file, &texts] { return read_accounts(file, texts); });
    }
    auto table = make_accounts(o.seed, texts);
    state.change(table->size());
    auto first = whole<account_update>(std::move(table));
    if (o.changes_a_second == 0) return first;
    const auto change = [d = dice(o.seed + 1), &texts, &state]() mutable {
        account a;
        a.user_id = d.below(built_in_accounts);
        a.name = texts.keep("user " + std::to_string(a.user_id));
        state.change(built_in_accounts);
        return account_update::put(a.user_id, changed_account(a, d, texts));
    };
    return weir::concat(std::move(first), changes(o.changes_a_second, change));
}

weir::any_stream<rate_update> open_rates(const slow_table_options& o, texts& texts,
                                         table_state& state) {
    if (!o.file.empty()) {
        return watched<rate_update>(o.file, state,
                                    [file = o.file, &texts] { return read_rates(file, texts); });
    }
    auto table = make_rates(texts);
    state.change(table->size());
    auto first = whole<rate_update>(std::make_shared<rate_table>(*table));
    if (o.changes_a_second == 0) return first;
    const auto change = [d = dice(o.seed + 2), table, &state]() mutable {
        for (auto& [key, r] : *table) {
            if (key != key_of("USD")) r.to_base *= 1 + (d.fraction() - 0.5) * 1e-4;
        }
        state.change(table->size());
        return rate_update::replace(std::make_shared<rate_table>(*table));
    };
    return weir::concat(std::move(first), changes(o.changes_a_second, change));
}

}  // namespace weir_enrich
