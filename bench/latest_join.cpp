// The claim: joined with 10,000 keys that stand still and 100,000 that change, one with every 1,000
// items, an item costs at most 1.3 times what the loop by hand takes over the same hash tables.
#include <weir/joins/latest_join.hpp>
#include <weir/joins/lookup_join.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/fold.hpp>

#include <benchmark/benchmark.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <utility>

#include "opaque.hpp"
#include "table_joins.hpp"

namespace {

using update = weir::table_update<std::uint64_t, std::uint64_t>;

// Trades that come a thousand at a time; between two such runs the pipeline is polled anew.
class trades_in_chunks {
public:
    using value_type = bench::trade;

    template <class Sink>
    WEIR_FUSED weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        if (next_ == last_) return weir::poll_state::finished;
        for (const std::uint64_t stop = next_ + bench::trades_per_update; next_ != stop;) {
            if (!sink(bench::trade_number(next_++))) return weir::poll_state::paused;
        }
        cx.wake();
        return weir::poll_state::pending;
    }

private:
    std::uint64_t next_ = 0;
    std::uint64_t last_ = bench::opaque(bench::trades);
};

// First the whole table, then one update each time it is asked.
class prices_then_updates {
public:
    using value_type = update;

    template <class Sink>
    weir::poll_state poll(weir::poll_context&, Sink&& sink) {
        for (; listed_ != bench::securities; ++listed_) {
            if (!sink(update::put(listed_, listed_ + 1))) return weir::poll_state::paused;
        }
        if (!std::exchange(complete_, true) && !sink(update::complete())) {
            return weir::poll_state::paused;
        }
        const std::uint64_t n = changes_++;
        if (!sink(update::put(bench::changed_security(n), n))) return weir::poll_state::paused;
        return weir::poll_state::pending;  // the trades see to it that it is polled again
    }

private:
    std::uint64_t listed_ = 0;
    std::uint64_t changes_ = 0;
    bool complete_ = false;
};

struct termed {
    std::uint64_t security;
    std::uint64_t amount;
};
termed with_terms(bench::trade x, std::uint64_t factor) {
    return {x.security, x.amount * factor};
}
std::uint64_t valued(termed x, std::uint64_t price) {
    return x.amount + price;
}

void joined(benchmark::State& state) {
    weir::runtime runtime(1);
    const auto terms = std::make_shared<const bench::table>(bench::numbered(bench::accounts));
    for (auto _ : state) {
        weir::item_count misses;
        const weir::missing::drop drop(misses);
        auto join_terms = weir::lookup_join(
            terms, [](const bench::trade& x) { return x.account; },
            [](bench::trade x, std::uint64_t factor) { return with_terms(x, factor); }, drop);
        auto join_prices = weir::latest_join(
            prices_then_updates(), [](const termed& x) { return x.security; },
            [](termed x, std::uint64_t price) { return valued(x, price); }, drop);
        auto total = trades_in_chunks() | std::move(join_terms) | std::move(join_prices) |
                     weir::fold(std::uint64_t{0}, std::plus<>{});
        bench::keep(runtime.run(std::move(total)));
        if (misses.value() != 0) throw std::logic_error("weir: a key was missing");
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bench::trades));
}
BENCHMARK(joined)->Name("weir")->Iterations(3)->MeasureProcessCPUTime()->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
