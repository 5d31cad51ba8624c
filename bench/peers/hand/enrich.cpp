// The loop a person would write on one thread, without a channel: two hash tables, looked up for
// each trade, one of them changed with every thousandth.
#include <benchmark/benchmark.h>

#include "../../enrichment.hpp"

namespace {

double enrich_all(const bench::instrument_table& instruments, bench::account_table& accounts) {
    double sum = 0;
    std::uint64_t n = 0;
    for (const bench::trade& x : bench::all_trades()) {
        if (n % bench::trades_per_update == 0) {
            const std::uint64_t update = n / bench::trades_per_update;
            accounts.insert_or_assign(bench::updated_user(update), bench::updated_account(update));
        }
        ++n;
        const auto instrument = instruments.find(x.instrument);
        if (instrument == instruments.end()) continue;
        const auto account = accounts.find(x.user);
        if (account == accounts.end()) continue;
        const bench::enriched made{x,
                                   instrument->second.symbol,
                                   instrument->second.tick,
                                   account->second.fee,
                                   account->second.tier,
                                   account->second.version};
        sum += bench::use(made);
    }
    return sum;
}

void hand(benchmark::State& state) {
    const auto instruments = bench::all_instruments();
    bench::all_trades();
    for (auto _ : state) {
        state.PauseTiming();
        auto accounts = bench::all_accounts();
        state.ResumeTiming();
        benchmark::DoNotOptimize(enrich_all(instruments, accounts));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bench::trades));
}
BENCHMARK(hand)->Iterations(3)->UseRealTime();

}  // namespace
