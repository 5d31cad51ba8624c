// The texts of rows: there as long as a trade borrows them, and no longer.

#include <weir/runtime/runtime.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>
#include <weir-enrich/in_runs.hpp>
#include <weir-enrich/row_rules.hpp>
#include <weir-enrich/sqlite_output.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace weir_enrich;

namespace {

account named(texts& in, const std::string& name) {
    account a{1, name, "gold", 0};
    keep(a, in);
    return a;
}

}  // namespace

TEST_CASE("a row's texts are its own, whatever becomes of what it was read from") {
    texts all;
    account a;
    {
        std::string name = "Ann";
        a = named(all, name);
        name.assign(3, '-');
    }
    const account copy = a;
    a = named(all, "Bob");
    CHECK(copy.name == "Ann");
    CHECK(copy.tier == "gold");
    CHECK(a.name == "Bob");
    keep(a, all);  // one that is kept, once more
    CHECK(a.name == "Bob");
    const account empty = named(all, "");
    CHECK(empty.name.empty());
    CHECK(empty.name.data() != nullptr);
}

TEST_CASE("the texts of a row that is gone are freed, but not while a trade borrows them") {
    texts all;
    account row = named(all, "Ann");
    text_hold trade = all.hold();  // met the row
    const std::string_view name = row.name;
    row = named(all, "Bob");
    all.collect();
    const text_hold later = all.hold();
    for (int i = 0; i != 3; ++i) all.collect();
    CHECK(all.blocks() == 2);
    CHECK(name == "Ann");
    const text_hold copy = trade;
    trade = {};
    all.collect();
    CHECK(all.blocks() == 2);
    trade = copy;
    CHECK(name == "Ann");
}

TEST_CASE("what nothing borrows is freed in two steps") {
    texts all;
    account row = named(all, "Ann");
    text_hold first = all.hold();
    row = named(all, "Bob");
    all.collect();  // another epoch begins
    const text_hold second = all.hold();
    first = {};
    all.collect();  // the first one is over
    all.collect();
    CHECK(all.blocks() == 1);
    CHECK(row.name == "Bob");
}

TEST_CASE("a row that changes for ever takes no more memory") {
    texts all;
    account row;
    std::size_t most = 0;
    text_hold run;
    for (int i = 0; i != 100'000; ++i) {
        row = named(all, "name " + std::to_string(i));
        if (i % 100 != 0) continue;
        run = all.hold();
        all.collect();
        most = std::max(most, all.blocks());
    }
    CHECK(most < 1'000);
}

TEST_CASE("a run of trades holds the texts that it borrows, and so do those that are stored") {
    texts all;
    run_counts counts;
    account row = named(all, "Ann");
    weir::testing::script<enriched_trade> trades;
    enriched_trade t;
    t.account_name = row.name;
    trades.give({t}).pause().give({enriched_trade()}).pause().give({enriched_trade()}).end();
    std::vector<std::size_t> blocks;
    std::string name;
    owned_run first;
    std::vector<stored_trade> stored;
    const auto take = [&](owned_run run) {
        blocks.push_back(all.blocks());
        if (!first && stored.empty()) {
            row = {};
            first = std::move(run);
        } else if (first) {
            name = first->trades.front().account_name;
            stored = to_store(*first);
            first.reset();
        }
    };
    weir::runtime rt(1);
    rt.run(trades.stream() |
           in_runs(std::make_shared<run_pool>(2), all, fit_to_write(counts, false)) |
           weir::for_each(take));
    CHECK(name == "Ann");
    CHECK(stored.front().what.account_name == "Ann");
    CHECK(blocks == std::vector<std::size_t>{1, 1, 1});
    stored.clear();
    all.collect();
    all.collect();
    CHECK(all.blocks() == 0);
}

TEST_CASE("a trade that does not fit is in no run") {
    texts all;
    run_counts counts;
    weir::testing::script<enriched_trade> trades;
    enriched_trade bad;
    bad.notional = std::numeric_limits<double>::infinity();
    trades.give({bad, enriched_trade(), bad}).pause().give({bad}).end();
    std::vector<std::size_t> sizes;
    weir::runtime rt(1);
    rt.run(trades.stream() |
           in_runs(std::make_shared<run_pool>(2), all, fit_to_write(counts, false)) |
           weir::for_each([&](const owned_run& run) { sizes.push_back(run->trades.size()); }));
    CHECK(sizes == std::vector<std::size_t>{1});
    CHECK(counts.unfit.value() == 3);
    CHECK(counts.rejected() == 3);
}

TEST_CASE("texts may be read by some threads while others replace their rows") {
    texts all;
    // The strand that joins hands a trade to a reader, which lets go of it after reading.
    struct lent {
        std::string_view name;
        text_hold held;
    };
    constexpr std::size_t places = 64;
    std::vector<lent> ring(places);
    std::atomic<std::size_t> written{0};
    std::atomic<std::size_t> read{0};
    constexpr std::size_t count = 20'000;
    std::size_t wrong = 0;
    std::thread reader([&] {
        for (std::size_t i = 0; i != count; ++i) {
            while (written.load(std::memory_order_acquire) == i) std::this_thread::yield();
            const lent taken = std::move(ring[i % places]);
            if (taken.name != "account " + std::to_string(i / 7)) ++wrong;
            read.store(i + 1, std::memory_order_release);
        }
    });
    {
        account row;
        for (std::size_t i = 0; i != count; ++i) {
            if (i % 7 == 0) row = named(all, "account " + std::to_string(i / 7));
            while (i - read.load(std::memory_order_acquire) == places) std::this_thread::yield();
            ring[i % places] = {row.name, all.hold()};
            written.store(i + 1, std::memory_order_release);
            all.collect();
        }
    }
    reader.join();
    ring.clear();
    CHECK(wrong == 0);
    for (int epochs = 0; epochs != 4; ++epochs) all.collect();
    CHECK(all.blocks() == 0);
}
