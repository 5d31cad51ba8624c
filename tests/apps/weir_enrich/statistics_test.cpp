// The running statistics, by the event times of the trades.

#include <doctest/doctest.h>
#include <weir-enrich/outputs/statistics.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "../support.hpp"

using namespace weir_enrich;
using namespace std::chrono_literals;
using weir_load_test::read_file;
using weir_load_test::scratch;

namespace {

const std::string header = "time,instrument_id,symbol,trades,volume,vwap,mean_notional,move\n";

enriched_trade traded(std::uint32_t instrument, double price, std::chrono::milliseconds when) {
    enriched_trade t;
    t.instrument_id = instrument;
    t.symbol = instrument == 1 ? "ONE" : "TWO";
    t.price = price;
    t.quantity = 2;
    t.notional = price * t.quantity;
    t.event_time = std::chrono::nanoseconds(when).count();
    return t;
}

/// What is written of these trades, in CSV and without the header.
std::string statistics_of(const std::vector<enriched_trade>& trades, statistics_options o = {}) {
    const scratch dir;
    o.to = parse_output((dir / "figures.csv").string());
    statistics_output out(o);
    // The cut into chunks makes no difference.
    for (const enriched_trade& t : trades) out.add({t});
    out.close();
    const std::string text = read_file(dir / "figures.csv");
    REQUIRE(text.starts_with(header));
    return text.substr(header.size());
}

}  // namespace

TEST_CASE("a period ends when a trade of a later one comes, and the last one at the end") {
    CHECK(statistics_of({traded(1, 10, 100ms), traded(1, 20, 900ms), traded(1, 40, 1'500ms)}) ==
          "1000000000,1,ONE,2,4,15,30,1\n"
          "2000000000,1,ONE,3,6,23.333333333333332,46.666666666666664,3\n");
}

TEST_CASE("without trades there are no statistics") {
    CHECK(statistics_of({}).empty());
    // Seconds later the window is empty: nothing is written until there are trades again.
    statistics_options two_seconds;
    two_seconds.window.length = 2s;
    CHECK(statistics_of({traded(1, 10, 0ms), traded(1, 10, 1'000'000s)}, two_seconds) ==
          "1000000000,1,ONE,1,2,10,20,0\n"
          "2000000000,1,ONE,1,2,10,20,0\n"
          "1000001000000000,1,ONE,1,2,10,20,0\n");
}

TEST_CASE("statistics come with the greatest notional first, or of the greatest movers only") {
    const std::vector<enriched_trade> trades{traded(1, 100, 0ms), traded(2, 1, 1ms),
                                             traded(2, 2, 2ms)};
    CHECK(statistics_of(trades) ==
          "1000000000,1,ONE,1,2,100,200,0\n"
          "1000000000,2,TWO,2,4,1.5,3,1\n");
    statistics_options one_mover;
    one_mover.movers = 1;
    CHECK(statistics_of(trades, one_mover) == "1000000000,2,TWO,2,4,1.5,3,1\n");
}

TEST_CASE("a trade that is late counts where it belongs, if the window still has that") {
    statistics_options two_seconds;
    two_seconds.window.length = 2s;
    CHECK(statistics_of({traded(1, 10, 1'000ms), traded(1, 20, 2'000ms), traded(1, 40, 1'000ms),
                         traded(1, 80, 0ms)},
                        two_seconds) ==
          "2000000000,1,ONE,1,2,10,20,0\n"
          "3000000000,1,ONE,3,6,23.333333333333332,46.666666666666664,"
          "1\n");
}

TEST_CASE("trades of no possible time are left out of the statistics") {
    enriched_trade early = traded(1, 10, 0ms);
    early.event_time = -1;
    enriched_trade late = early;
    late.event_time = std::numeric_limits<std::int64_t>::max();
    CHECK(statistics_of({early, traded(1, 10, 0ms), late}) == "1000000000,1,ONE,1,2,10,20,0\n");
}

TEST_CASE("a window of another length slides by another step") {
    window_options hour;
    hour.length = 1h;
    hour.slide = 1min;
    window w(hour);
    w.add(traded(1, 10, 0min));
    w.add(traded(1, 20, 59min));
    CHECK(w.top(1).at(0).count == 2);
    w.add(traded(1, 20, 60min));
    CHECK(w.top(1).at(0).count == 2);
    CHECK(w.top(1).at(0).vwap() == 20);
}

TEST_CASE("the move of a price is by the time of the trades, whichever came first") {
    CHECK(statistics_of({traded(1, 110, 900ms), traded(1, 100, 100ms)}) ==
          "1000000000,1,ONE,2,4,105,210,0.1\n");
    // Also where the earlier one comes when its period is over; of one time the first and the last.
    window w;
    for (const auto& [price, when] : {std::pair(50.0, 2'000ms),
                                      {7.0, 900ms},
                                      {40.0, 900ms},
                                      {60.0, 2'000ms},
                                      {80.0, 1'000ms}}) {
        w.add(traded(1, price, when));
    }
    CHECK(w.top(1).at(0).first == 7);
    CHECK(w.top(1).at(0).last == 60);
}

TEST_CASE("trades behind a clock that jumped are left out of the statistics, and counted") {
    const scratch dir;
    statistics_options o;
    o.to = parse_output((dir / "figures.csv").string());
    statistics_output out(o);
    CHECK(out.add({traded(1, 10, 1s), traded(1, 10, 86'400s)}).late == 0);
    const left_out n = out.add({traded(1, 10, 2s), traded(1, 10, -1ms), traded(1, 10, 3s)});
    CHECK(n.late == 3);
    CHECK(n.ahead == 0);
    out.close();
}

TEST_CASE("a jump beyond the bound is left out, unless the trades behind it have jumped as well") {
    window_options an_hour_at_most;
    an_hour_at_most.max_jump = 1h;
    window w(an_hour_at_most);
    CHECK(w.add(traded(1, 10, 1s)) == timing::fits);
    CHECK(w.add(traded(1, 10, 86'400s)) == timing::ahead);
    CHECK(w.add(traded(1, 10, 3'600s)) == timing::fits);
    for (int i = 1; i != window::believed_after; ++i) {
        REQUIRE(w.add(traded(1, 10, 86'400s)) == timing::ahead);
    }
    CHECK(w.add(traded(1, 10, 86'401s)) == timing::fits);
    CHECK(w.add(traded(1, 10, 86'400s)) == timing::fits);
    CHECK(w.add(traded(1, 10, 3'600s)) == timing::late);
    CHECK(w.top(1).at(0).count == 2);
}

TEST_CASE("a window of many periods is summed up in sixty slots, and forgets by a slot") {
    window_options hour;
    hour.length = 1h;
    hour.slide = 1s;
    window w(hour);
    for (std::int64_t second = 0; second != 3'600; ++second) {
        w.add(traded(1, 10, std::chrono::seconds(second)));
    }
    CHECK(w.top(1).at(0).count == 3'600);
    w.add(traded(2, 1, 3'600s + 58s));  // the first minute has not left the window yet
    CHECK(w.top(1).at(0).count == 3'600);
    w.add(traded(2, 1, 3'600s + 59s));
    CHECK(w.top(1).at(0).count == 3'540);
    // What is older than the window is late, though its slot is there.
    CHECK(w.add(traded(1, 10, 59s)) == timing::late);
    CHECK(w.add(traded(1, 10, 60s)) == timing::fits);
}

TEST_CASE("statistics equal sums that are computed again, whenever trades come") {
    // As many slots as periods: to the period.
    window_options o;
    o.length = 7s;
    window w(o);
    std::vector<enriched_trade> all;
    std::uint64_t random = 1;
    std::int64_t newest = 0;
    for (int i = 0; i != 2'000; ++i) {
        random = random * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407;
        const auto when = std::chrono::milliseconds(i * 37 + std::int64_t(random >> 40) % 9'000);
        const enriched_trade t = traded(1 + (random >> 33) % 2, double(random % 1'000), when);
        newest = std::max(newest, t.event_time / 1'000'000'000);
        const bool fits = t.event_time / 1'000'000'000 > newest - 7;
        CHECK((w.add(t) == timing::fits) == fits);
        // Of equal times the first stays the first.
        const auto at =
            std::ranges::upper_bound(all, t.event_time, {}, &enriched_trade::event_time);
        if (fits) all.insert(at, t);
        if (i % 50 != 0) continue;
        trade_sums expected;
        for (const enriched_trade& x : all) {
            if (x.event_time / 1'000'000'000 <= newest - 7 || x.instrument_id != 1) continue;
            expected.add(x);
        }
        const auto top = w.top(2);
        const auto one = std::ranges::find(top, 1U, &instrument_statistics::instrument_id);
        REQUIRE((one != top.end()) == (expected.count != 0));
        if (expected.count == 0) continue;
        CHECK(one->count == expected.count);
        CHECK(one->notional == expected.notional);  // whole numbers: sums are exact
        CHECK(one->first_time == expected.first_time);
        CHECK(one->last_time == expected.last_time);
    }
}

TEST_CASE("prices near the greatest number have statistics that are numbers") {
    window w;
    for (int i = 0; i != 4; ++i) w.add(traded(1, 1e308 / 2, 1ms));
    w.add(traded(1, 1e-300, 0ms));
    CHECK(w.top(1).at(0).vwap() == doctest::Approx(4e307));
    CHECK(w.top(1).at(0).mean_notional() == doctest::Approx(8e307));
    CHECK(w.top(1).at(0).move() == std::numeric_limits<double>::max());
}
