#include "live_view.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "now.hpp"
#include "time_text.hpp"

namespace weir_enrich {

namespace {

constexpr std::size_t instruments_shown = 5;
constexpr double nanoseconds = 1e9;

std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t i = text.size(); i > 3;) text.insert(i -= 3, 1, ',');
    return text;
}

std::string table_line(const char* name, const table_state& t) {
    std::string line = fmt::format("  {:<12} {:>9} rows   version {:<10} changed {} ago", name,
                                   grouped(t.rows()), grouped(t.version()), time_text(t.age()));
    if (const std::int64_t since = t.broken_since(); since != 0) {
        line += ", not refreshed for " + time_text(static_cast<double>(now() - since));
    }
    return line += '\n';
}

}  // namespace

live_view::live_view(const run_state& state) : state_(state), asked_before_(now()) {}

void live_view::add(const std::vector<enriched_trade>& trades) {
    const std::int64_t written = now();
    const std::lock_guard lock(mutex_);
    delays_.add(trades, written);
    for (const enriched_trade& t : trades) window_.add(t);
}

live_view::moment live_view::take() {
    moment m;
    const std::uint64_t emitted = state_.counts.emitted.value();
    const std::int64_t asked = now();
    m.trades_a_second = static_cast<double>(emitted - std::exchange(emitted_before_, emitted)) *
                        nanoseconds /
                        static_cast<double>(asked - std::exchange(asked_before_, asked));
    const std::lock_guard lock(mutex_);
    std::swap(m.delays, delays_);
    m.top = window_.top(instruments_shown);
    m.movers = window_.movers(instruments_shown);
    return m;
}

std::string live_view::line() {
    const moment m = take();
    const std::string_view first = m.top.empty() ? std::string_view("-") : m.top.front().symbol;
    return fmt::format(
        "{} trades/s  p50 {}  p99 {}  p99.9 {}  emitted {}  missing {}  top {}  "
        "accounts v{}  rates v{}\n",
        grouped(static_cast<std::uint64_t>(m.trades_a_second)), time_text(m.delays.quantile(0.5)),
        time_text(m.delays.quantile(0.99)), time_text(m.delays.quantile(0.999)),
        grouped(state_.counts.emitted.value()), grouped(state_.counts.missing()), first,
        state_.accounts.version(), state_.rates.version());
}

std::string live_view::picture() {
    const moment m = take();
    std::string text = fmt::format(
        "  {:>13} trades/s    latency p50 {}   p99 {}   p99.9 {}\n",
        grouped(static_cast<std::uint64_t>(m.trades_a_second)), time_text(m.delays.quantile(0.5)),
        time_text(m.delays.quantile(0.99)), time_text(m.delays.quantile(0.999)));
    text += fmt::format("  {:>13} received    {} emitted   {} dropped   {} rejected\n\n",
                        grouped(state_.counts.received()), grouped(state_.counts.emitted.value()),
                        grouped(state_.counts.dropped.value()), grouped(state_.counts.rejected()));
    text += table_line("accounts", state_.accounts);
    text += table_line("rates", state_.rates);
    text += fmt::format("\n  {:<8} {:<20} {:>10} {:>12} {:>10} {:>14} {:>12} {:>8}\n", "top", "",
                        "trades", "volume", "VWAP", "notional", "mean", "move");
    const auto append = [&text](const instrument_figures& f) {
        fmt::format_to(std::back_inserter(text),
                       "  {:<8} {:<20} {:>10} {:>12} {:>10.3f} {:>14.0f} {:>12.2f} {:>+7.2f}%\n",
                       f.symbol, f.name, grouped(f.count), grouped(f.volume), f.vwap(), f.notional,
                       f.mean_notional(), f.move() * 100);
    };
    for (std::size_t i = 0; i != instruments_shown; ++i) {
        append(i < m.top.size() ? m.top[i] : instrument_figures());
    }
    text += "\n  movers ";
    for (const auto& f : m.movers) text += fmt::format(" {} {:+.2f}%", f.symbol, f.move() * 100);
    text += "\n  the figures of instruments are those of the last minute; Ctrl-C ends\n";
    return text;
}

}  // namespace weir_enrich
