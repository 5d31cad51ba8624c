// Trades that wait for a key: when they go on, when they are dropped, and how many there may be.
// Time is moved by hand.

#include <weir/operators/map.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/testing/probe_sink.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <doctest/doctest.h>
#include <weir-enrich/joins/enrichment.hpp>
#include <weir-enrich/joins/record_changes.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

using namespace std::chrono_literals;
using namespace weir_enrich;
using weir::testing::probe_sink;
using weir::testing::script;

namespace {

trade of_user(std::uint64_t id, std::uint32_t user, std::uint32_t instrument = 1) {
    trade t;
    t.trade_id = id;
    t.instrument_id = instrument;
    t.user_id = user;
    return t;
}

std::shared_ptr<const instrument_table> listed() {
    auto table = std::make_shared<instrument_table>();
    table->emplace(1, instrument{1, "ONE", "One", "EUR", 1, key_of("EUR")});
    table->emplace(2, instrument{2, "TWO", "Two", "USD", 1, key_of("USD")});
    return table;
}

account_update put(std::uint32_t user) {
    return account_update::put(user, {user, "name", "tier", 0.5});
}

// The joins, with a queue for `most` trades which wait a second. Accounts: 10. Rates: of EUR.
struct fixture {
    explicit fixture(std::size_t most = 100) : retries(1s, counts, most) {
        accounts.give(put(10)).give(account_update::complete());
        rates.give(rate_update::put(key_of("EUR"), {"EUR", 2})).give(rate_update::complete());
    }

    weir::any_stream<int> joined() {
        const change_listeners to{nullptr, &retries};
        weir::any_stream<account_update> users = accounts.stream();
        weir::any_stream<rate_update> worths = rates.stream();
        weir::any_stream<trade> in = trades.stream();
        const trade_fate fate{counts, on_missing::wait, &retries, {}};
        return std::move(in) | with_retries(retries) |
               enrich(listed(), std::move(users) | record_changes(to, table_name::accounts),
                      std::move(worths) | record_changes(to, table_name::rates), fate) |
               weir::map([](const enriched_trade& t) { return static_cast<int>(t.trade_id); });
    }

    asio::io_context io;
    std::shared_ptr<weir::testing::virtual_clock> time = weir::testing::virtual_clock::install(io);
    run_counts counts;
    retry_queue retries;
    script<trade> trades;
    script<account_update> accounts;
    script<rate_update> rates;
};

}  // namespace

TEST_CASE("a trade waits for its account, and those behind it overtake") {
    fixture f;
    probe_sink<int> out(f.io, f.joined());
    f.trades.give(of_user(1, 11)).give(of_user(2, 10)).give(of_user(3, 11));
    out.expect(2);
    out.expect_nothing();
    f.time->advance(500ms);
    f.accounts.give(put(12));  // another's
    out.expect_nothing();
    f.accounts.give(put(11));
    out.expect(1);
    out.expect(3);
    CHECK(f.counts.waited.value() == 2);
    CHECK(f.counts.missing() == 0);
    CHECK(f.retries.empty());
}

TEST_CASE("a trade whose key does not come in time is dropped, and counted") {
    fixture f;
    probe_sink<int> out(f.io, f.joined());
    f.trades.give(of_user(1, 11));
    out.expect_nothing();
    f.time->advance(999ms);
    out.expect_nothing();
    CHECK(f.counts.dropped.value() == 0);
    f.time->advance(1ms);
    out.expect_nothing();
    CHECK(f.counts.dropped.value() == 1);
    CHECK(f.counts.timed_out.value() == 1);
    CHECK(f.counts.no_account.value() == 1);
    f.accounts.give(put(11));  // too late
    out.expect_nothing();
}

TEST_CASE("a trade that finds one key and misses the next waits no longer than before") {
    fixture f;
    probe_sink<int> out(f.io, f.joined());
    f.trades.give(of_user(1, 11, 2));
    out.expect_nothing();
    f.time->advance(600ms);
    f.accounts.give(put(11));
    out.expect_nothing();
    CHECK(f.retries.next_deadline() == f.time->now() + 400ms);
    f.time->advance(400ms);
    out.expect_nothing();
    CHECK(f.counts.waited.value() == 1);
    CHECK(f.counts.timed_out.value() == 1);
    CHECK(f.counts.no_account.value() == 0);
    CHECK(f.counts.no_rate.value() == 1);
}

TEST_CASE("a table that is replaced is a reason to try again") {
    fixture f;
    probe_sink<int> out(f.io, f.joined());
    f.trades.give(of_user(1, 10, 2)).give(of_user(2, 11));
    out.expect_nothing();
    auto table = std::make_shared<rate_table>();
    table->emplace(key_of("USD"), rate{"USD", 1});
    f.rates.give(rate_update::replace(table));
    out.expect(1);
    out.expect_nothing();
}

TEST_CASE("the oldest trade gives up early if too many wait") {
    fixture f(2);
    probe_sink<int> out(f.io, f.joined());
    f.trades.give(of_user(1, 11)).give(of_user(2, 12)).give(of_user(3, 13));
    out.expect_nothing();
    CHECK(f.counts.waited.value() == 3);
    CHECK(f.counts.evicted.value() == 1);
    CHECK(f.counts.dropped.value() == 1);
    f.accounts.give(put(11)).give(put(12)).give(put(13));
    out.expect(2);
    out.expect(3);
}

TEST_CASE("after the end of the trades the waiting ones keep their time") {
    fixture f;
    probe_sink<int> out(f.io, f.joined());
    f.trades.give(of_user(1, 11)).give(of_user(2, 12)).end();
    out.expect_nothing();
    f.accounts.give(put(12));
    out.expect(2);
    f.time->advance(1s);
    out.expect_end();
    CHECK(f.counts.timed_out.value() == 1);
}

TEST_CASE("an instrument that is missing does not come: the trade is dropped at once") {
    fixture f;
    probe_sink<int> out(f.io, f.joined());
    f.trades.give(of_user(1, 10, 9)).end();
    out.expect_end();
    CHECK(f.counts.waited.value() == 0);
    CHECK(f.counts.no_instrument.value() == 1);
}

TEST_CASE("a drain gives the waiting trades a last try") {
    fixture f;
    weir::any_stream<trade> in = f.trades.stream();
    auto all = std::move(in) | with_retries(f.retries);
    f.trades.give(of_user(1, 11)).end();
    REQUIRE(f.retries.park(of_user(2, 11), {table_name::accounts, 11}));
    all.drain();
    probe_sink<trade> out(f.io, std::move(all));
    CHECK(out.take().trade_id == 2);
    CHECK(out.take().trade_id == 1);
    CHECK_FALSE(f.retries.park(of_user(3, 11), {table_name::accounts, 11}));
    out.expect_end();
}
