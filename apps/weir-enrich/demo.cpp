#include "demo.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "live_view.hpp"
#include "run.hpp"

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

/// Writes over what was there.
void repaint(const std::string& picture, bool first) {
    if (!first) fmt::print("\x1b[{}A", live_view::lines);
    std::string text;
    for (const char c : picture) {
        if (c == '\n') text += "\x1b[K";  // the rest of an older, longer line
        text += c;
    }
    fmt::print("{}", text);
    std::fflush(stdout);
}

}  // namespace

exit_code demo(const demo_options& o) {
    const bool terminal = ::isatty(STDOUT_FILENO) == 1;
    run_state state;
    live_view view(state);
    observer seen;
    seen.period = terminal ? 500ms : 1s;
    seen.on_written = [&view](const std::vector<enriched_trade>& trades) { view.add(trades); };
    seen.show = [&view, terminal, first = true]() mutable {
        if (terminal) {
            repaint(view.picture(), first);
            first = false;
        } else {
            fmt::print("{}", view.line());
            std::fflush(stdout);
        }
    };
    fmt::print("weir-enrich demo: 10,000 instruments, 100,000 accounts, 6 currencies\n\n");
    const run_options options = options_of(o);
    const auto books = [&state] { return fmt::format("weir-enrich: {}\n", ledger_line(state)); };
    const weir_apps::interruption interrupted(end_limit_of(options, books));
    state.stop = interrupted.token();
    const bool ended = run_to_end(options, state, seen);
    fmt::print("{}\n", ledger_line(state));
    return ended ? exit_code::success : exit_code::interrupted;
}

}  // namespace weir_enrich
