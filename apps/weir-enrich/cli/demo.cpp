#include "demo.hpp"

#include <fmt/format.h>
#include <weir-enrich/cli/live_screen.hpp>
#include <weir-enrich/cli/live_view.hpp>
#include <weir-enrich/cli/run.hpp>

#include <chrono>
#include <cstdio>
#include <optional>
#include <vector>

namespace weir_enrich {

namespace {

using namespace std::chrono_literals;

run_options options_of(const demo_options& o) {
    run_options r;
    r.trades.from = parse_input("generator");
    r.trades.seed = o.seed;
    r.trades.rate = o.rate;
    if (o.seconds != 0) r.trades.count = o.seconds * o.rate;
    r.accounts.seed = r.rates.seed = o.seed;
    r.accounts.changes_a_second = 100;
    r.rates.changes_a_second = 1;
    return r;
}

}  // namespace

exit_code demo(const demo_options& o) {
    run_state state;
    live_view view(state);
    std::optional<live_screen> screen;
    if (can_be_painted_on()) screen.emplace();
    observer seen;
    seen.period = screen ? 500ms : 1s;
    seen.on_written = [&view](const std::vector<enriched_trade>& trades) { view.add(trades); };
    seen.show = [&view, &screen] {
        if (screen) return screen->show(view.picture(live_screen::size().columns));
        fmt::print("{}", view.line());
        std::fflush(stdout);
    };
    seen.stop_showing = [&screen] {
        if (screen) screen->finish();
    };
    fmt::print("weir-enrich demo: 10,000 instruments, 100,000 accounts, 6 currencies\n\n");
    std::fflush(stdout);
    const run_options options = options_of(o);
    const auto books = [&state] { return fmt::format("weir-enrich: {}\n", ledger_line(state)); };
    weir_apps::interruption interrupted(end_limit_of(options, state, books));
    seen.on_failure = [&interrupted] { interrupted.begin_limit(); };
    state.stop = interrupted.token();
    const bool ended = run_to_end(options, state, seen);
    fmt::print("{}\n", ledger_line(state));
    return ended ? exit_code::success : exit_code::interrupted;
}

}  // namespace weir_enrich
