#include "slow_tables.hpp"

#include <weir/joins/concat.hpp>
#include <weir/operators/map.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/sources/interval.hpp>

#include <chrono>
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

}  // namespace

weir::any_stream<account_update> open_accounts(const slow_table_options& o, texts& texts,
                                               table_state& state) {
    auto table = o.file.empty() ? make_accounts(o.seed, texts) : read_accounts(o.file, texts);
    state.change(table->size());
    auto first = whole<account_update>(std::move(table));
    if (!o.file.empty() || o.changes_a_second == 0) return first;
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
    auto table = o.file.empty() ? make_rates(texts) : read_rates(o.file, texts);
    state.change(table->size());
    auto first = whole<rate_update>(std::make_shared<rate_table>(*table));
    if (!o.file.empty() || o.changes_a_second == 0) return first;
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
