// The loop a person would write: two hash tables, looked up for each trade, one of them changed
// with every thousandth.
#include <benchmark/benchmark.h>

#include "../../opaque.hpp"
#include "../../table_joins.hpp"

namespace {

std::uint64_t value_all(const bench::table& terms, bench::table& prices) {
    std::uint64_t total = 0;
    const std::uint64_t last = bench::opaque(bench::trades);
    for (std::uint64_t n = 0; n < last; ++n) {
        if (n % bench::trades_per_update == 0) {
            const std::uint64_t update = n / bench::trades_per_update;
            prices.insert_or_assign(bench::changed_security(update), update);
        }
        const bench::trade x = bench::trade_number(n);
        const auto term = terms.find(x.account);
        if (term == terms.end()) continue;
        const auto price = prices.find(x.security);
        if (price == prices.end()) continue;
        total += x.amount * term->second + price->second;
    }
    return total;
}

void hand(benchmark::State& state) {
    const bench::table terms = bench::numbered(bench::accounts);
    for (auto _ : state) {
        bench::table prices = bench::numbered(bench::securities);
        bench::keep(value_all(terms, prices));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bench::trades));
}
BENCHMARK(hand)->Iterations(3)->MeasureProcessCPUTime()->UseRealTime();

}  // namespace
