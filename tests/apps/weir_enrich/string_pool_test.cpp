// The strings of rows are there as long as a trade borrows them, and no longer.

#include <weir/runtime/runtime.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>
#include <weir-enrich/model/row_rules.hpp>
#include <weir-enrich/outputs/pooled_chunks.hpp>
#include <weir-enrich/outputs/sqlite_output.hpp>

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

account named(string_pool& in, const std::string& name) {
    account a{1, name, "gold", 0};
    own_strings(a, in);
    return a;
}

}  // namespace

TEST_CASE("a row owns its strings, whatever happens to the bytes that it was read from") {
    string_pool all;
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
    own_strings(a, all);  // one that is kept, once more
    CHECK(a.name == "Bob");
    const account empty = named(all, "");
    CHECK(empty.name.empty());
    CHECK(empty.name.data() != nullptr);
}

TEST_CASE("the strings of a destroyed row are freed, but not while a trade borrows them") {
    string_pool all;
    account row = named(all, "Ann");
    string_pin trade = all.pin();  // met the row
    const std::string_view name = row.name;
    row = named(all, "Bob");
    all.collect();
    const string_pin later = all.pin();
    for (int i = 0; i != 3; ++i) all.collect();
    CHECK(all.blocks() == 2);
    CHECK(name == "Ann");
    const string_pin copy = trade;
    trade = {};
    all.collect();
    CHECK(all.blocks() == 2);
    trade = copy;
    CHECK(name == "Ann");
}

TEST_CASE("what nothing borrows is freed in two steps") {
    string_pool all;
    account row = named(all, "Ann");
    string_pin first = all.pin();
    row = named(all, "Bob");
    all.collect();  // another epoch begins
    const string_pin second = all.pin();
    first = {};
    all.collect();  // the first one is over
    all.collect();
    CHECK(all.blocks() == 1);
    CHECK(row.name == "Bob");
}

TEST_CASE("a row that changes for ever takes no more memory") {
    string_pool all;
    account row;
    std::size_t most = 0;
    string_pin chunk;
    for (int i = 0; i != 100'000; ++i) {
        row = named(all, "name " + std::to_string(i));
        if (i % 100 != 0) continue;
        chunk = all.pin();
        all.collect();
        most = std::max(most, all.blocks());
    }
    CHECK(most < 1'000);
}

TEST_CASE("a chunk of trades pins the strings that it borrows, and so do stored trades") {
    string_pool all;
    run_counts counts;
    account row = named(all, "Ann");
    weir::testing::script<enriched_trade> trades;
    enriched_trade t;
    t.account_name = row.name;
    trades.give({t}).pause().give({enriched_trade()}).pause().give({enriched_trade()}).end();
    std::vector<std::size_t> blocks;
    std::string name;
    owned_chunk first;
    std::vector<stored_trade> stored;
    const auto take = [&](owned_chunk chunk) {
        blocks.push_back(all.blocks());
        if (!first && stored.empty()) {
            row = {};
            first = std::move(chunk);
        } else if (first) {
            name = first->trades.front().account_name;
            stored = to_store(*first);
            first.reset();
        }
    };
    weir::runtime rt(1);
    rt.run(trades.stream() |
           pooled_chunks(std::make_shared<chunk_pool>(2), all, writable_check(counts, false)) |
           weir::for_each(take));
    CHECK(name == "Ann");
    CHECK(stored.front().what.account_name == "Ann");
    CHECK(blocks == std::vector<std::size_t>{1, 1, 1});
    stored.clear();
    all.collect();
    all.collect();
    CHECK(all.blocks() == 0);
}

TEST_CASE("a trade that cannot be written is in no chunk") {
    string_pool all;
    run_counts counts;
    weir::testing::script<enriched_trade> trades;
    enriched_trade bad;
    bad.notional = std::numeric_limits<double>::infinity();
    trades.give({bad, enriched_trade(), bad}).pause().give({bad}).end();
    std::vector<std::size_t> sizes;
    weir::runtime rt(1);
    rt.run(
        trades.stream() |
        pooled_chunks(std::make_shared<chunk_pool>(2), all, writable_check(counts, false)) |
        weir::for_each([&](const owned_chunk& chunk) { sizes.push_back(chunk->trades.size()); }));
    CHECK(sizes == std::vector<std::size_t>{1});
    CHECK(counts.unfit.value() == 3);
    CHECK(counts.rejected() == 3);
}

TEST_CASE("some threads may read strings while others replace their rows") {
    string_pool all;
    // The strand that joins hands a trade to a reader, which lets go of it after reading.
    struct lent {
        std::string_view name;
        string_pin held;
    };
    constexpr std::size_t slots = 64;
    std::vector<lent> ring(slots);
    std::atomic<std::size_t> written{0};
    std::atomic<std::size_t> read{0};
    constexpr std::size_t count = 20'000;
    std::size_t wrong = 0;
    std::thread reader([&] {
        for (std::size_t i = 0; i != count; ++i) {
            while (written.load(std::memory_order_acquire) == i) std::this_thread::yield();
            const lent taken = std::move(ring[i % slots]);
            if (taken.name != "account " + std::to_string(i / 7)) ++wrong;
            read.store(i + 1, std::memory_order_release);
        }
    });
    {
        account row;
        for (std::size_t i = 0; i != count; ++i) {
            if (i % 7 == 0) row = named(all, "account " + std::to_string(i / 7));
            while (i - read.load(std::memory_order_acquire) == slots) std::this_thread::yield();
            ring[i % slots] = {row.name, all.pin()};
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
