// The running figures, by the time of the trades.

#include <doctest/doctest.h>
#include <weir-enrich/figures.hpp>

#include <chrono>
#include <limits>
#include <string>
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
std::string figures_of(const std::vector<enriched_trade>& trades, figures_options o = {}) {
    const scratch dir;
    o.to = parse_output((dir / "figures.csv").string());
    figures_output out(o);
    // Where they are cut into runs makes no difference.
    for (const enriched_trade& t : trades) out.add({t});
    out.close();
    const std::string text = read_file(dir / "figures.csv");
    REQUIRE(text.starts_with(header));
    return text.substr(header.size());
}

}  // namespace

TEST_CASE("a period ends when a trade of a later one comes, and the last one at the end") {
    CHECK(figures_of({traded(1, 10, 100ms), traded(1, 20, 900ms), traded(1, 40, 1'500ms)}) ==
          "1000000000,1,ONE,2,4,15,30,1\n"
          "2000000000,1,ONE,3,6,23.333333333333332,46.666666666666664,3\n");
}

TEST_CASE("where there are no trades there are no figures") {
    CHECK(figures_of({}).empty());
    // Seconds later the window is empty: nothing is written until there are trades again.
    figures_options two_seconds;
    two_seconds.window.length = 2s;
    CHECK(figures_of({traded(1, 10, 0ms), traded(1, 10, 1'000'000s)}, two_seconds) ==
          "1000000000,1,ONE,1,2,10,20,0\n"
          "2000000000,1,ONE,1,2,10,20,0\n"
          "1000001000000000,1,ONE,1,2,10,20,0\n");
}

TEST_CASE("figures come with the greatest notional first, or of the greatest movers only") {
    const std::vector<enriched_trade> trades{traded(1, 100, 0ms), traded(2, 1, 1ms),
                                             traded(2, 2, 2ms)};
    CHECK(figures_of(trades) ==
          "1000000000,1,ONE,1,2,100,200,0\n"
          "1000000000,2,TWO,2,4,1.5,3,1\n");
    figures_options one_mover;
    one_mover.movers = 1;
    CHECK(figures_of(trades, one_mover) == "1000000000,2,TWO,2,4,1.5,3,1\n");
}

TEST_CASE("a trade that is late counts where it belongs, if the window still has that") {
    figures_options two_seconds;
    two_seconds.window.length = 2s;
    CHECK(figures_of({traded(1, 10, 1'000ms), traded(1, 20, 2'000ms), traded(1, 40, 1'000ms),
                      traded(1, 80, 0ms)},
                     two_seconds) ==
          "2000000000,1,ONE,1,2,10,20,0\n"
          "3000000000,1,ONE,3,6,23.333333333333332,46.666666666666664,"
          "1\n");
}

TEST_CASE("trades of no possible time are left out of the figures") {
    enriched_trade early = traded(1, 10, 0ms);
    early.event_time = -1;
    enriched_trade late = early;
    late.event_time = std::numeric_limits<std::int64_t>::max();
    CHECK(figures_of({early, traded(1, 10, 0ms), late}) == "1000000000,1,ONE,1,2,10,20,0\n");
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
