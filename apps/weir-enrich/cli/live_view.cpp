#include "live_view.hpp"

#include <fmt/format.h>
#include <shared/terminal_text.hpp>
#include <weir-enrich/model/now.hpp>
#include <weir-enrich/model/time_text.hpp>

#include <algorithm>
#include <utility>

namespace weir_enrich {

namespace {

constexpr std::size_t instruments_shown = 5;
constexpr double nanoseconds = 1e9;

std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t i = text.size(); i > 3;) text.insert(i -= 3, 1, ',');
    return text;
}

/// `text` in a column of the table: padded, or cut.
std::string cell(std::string_view text, std::size_t width) {
    auto [shown, columns] = weir_apps::shown(text, width);
    return shown.append(width - columns, ' ');
}

/// Adds the first alternative that fits the width: one line, or else several.
void add_if_room(std::vector<std::string>& to, std::size_t columns, std::string line,
                 std::vector<std::string> instead) {
    if (line.size() <= columns) instead = {std::move(line)};
    to.insert(to.end(), instead.begin(), instead.end());
}

void add_table(std::vector<std::string>& to, std::size_t columns, const char* name,
               const table_state& t) {
    const std::string rows = grouped(t.rows());
    const std::string version = grouped(t.version());
    const std::string age = time_text(t.age());
    std::string broken;
    if (const std::int64_t since = t.broken_since(); since != 0) {
        broken = ", not refreshed for " + time_text(static_cast<double>(now() - since));
    }
    add_if_room(
        to, columns,
        fmt::format("  {:<12} {:>9} rows   version {:<10} changed {} ago{}", name, rows, version,
                    age, broken),
        {fmt::format("  {:<9} {:>9} rows  v{:<6} {} ago{}", name, rows, version, age, broken)});
}

/// The columns of the table of instruments that fit the width.
struct table_columns {
    explicit table_columns(std::size_t columns)
        : name(columns >= 103), volume(columns >= 82), mean(columns >= 69) {}
    bool name, volume, mean;
};

std::string headline(const table_columns& has) {
    std::string line = fmt::format("  {:<8}", "top");
    if (has.name) line += fmt::format(" {:<20}", "");
    line += fmt::format(" {:>10}", "trades");
    if (has.volume) line += fmt::format(" {:>12}", "volume");
    line += fmt::format(" {:>10} {:>14}", "VWAP", "notional");
    if (has.mean) line += fmt::format(" {:>12}", "mean");
    return line + fmt::format(" {:>8}", "move");
}

std::string instrument_line(const instrument_statistics& f, const table_columns& has) {
    std::string line = "  " + cell(f.symbol, 8);
    if (has.name) line += " " + cell(f.name, 20);
    line += fmt::format(" {:>10}", grouped(f.count));
    if (has.volume) line += fmt::format(" {:>12}", grouped(f.volume));
    line += fmt::format(" {:>10.3f} {:>14.0f}", f.vwap(), static_cast<double>(f.notional));
    if (has.mean) line += fmt::format(" {:>12.2f}", f.mean_notional());
    return line + fmt::format(" {:>+7.2f}%", f.move() * 100);
}

std::string movers_line(const std::vector<instrument_statistics>& movers, std::size_t columns) {
    weir_apps::shown_text line{"  movers ", 9};
    for (const auto& f : movers) {
        const auto symbol = weir_apps::shown(f.symbol, columns);
        const std::string move = fmt::format(" {:+.2f}%", f.move() * 100);
        line.columns += 1 + symbol.columns + move.size();
        if (line.columns > columns) break;
        line.text += " " + symbol.text + move;
    }
    return line.text;
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
    const std::string first = m.top.empty() ? "-" : weir_apps::shown(m.top.front().symbol, 40).text;
    return fmt::format(
        "{} trades/s  p50 {}  p99 {}  p99.9 {}  emitted {}  missing {}  top {}  "
        "accounts v{}  rates v{}\n",
        grouped(static_cast<std::uint64_t>(m.trades_a_second)), time_text(m.delays.quantile(0.5)),
        time_text(m.delays.quantile(0.99)), time_text(m.delays.quantile(0.999)),
        grouped(state_.counts.emitted.value()), grouped(state_.counts.missing()), first,
        state_.accounts.version(), state_.rates.version());
}

picture live_view::picture(int width) {
    const auto columns = static_cast<std::size_t>(std::max(0, width));
    const moment m = take();
    const std::string rate = grouped(static_cast<std::uint64_t>(m.trades_a_second));
    const std::string latency =
        fmt::format("latency p50 {}   p99 {}   p99.9 {}", time_text(m.delays.quantile(0.5)),
                    time_text(m.delays.quantile(0.99)), time_text(m.delays.quantile(0.999)));
    const run_counts& c = state_.counts;
    const std::string received = grouped(c.received());
    const std::string emitted = grouped(c.emitted.value());
    const std::string lost =
        fmt::format("{} dropped   {} rejected", grouped(c.dropped.value()), grouped(c.rejected()));
    weir_enrich::picture p;
    auto& lines = p.lines;
    add_if_room(lines, columns, fmt::format("  {:>13} trades/s    {}", rate, latency),
                {fmt::format("  {:>13} trades/s", rate), "  " + latency});
    add_if_room(lines, columns,
                fmt::format("  {:>13} received    {} emitted   {}", received, emitted, lost),
                {fmt::format("  {:>13} received    {} emitted", received, emitted), "  " + lost});
    lines.emplace_back();
    add_table(lines, columns, "accounts", state_.accounts);
    add_table(lines, columns, "rates", state_.rates);
    lines.emplace_back();
    const table_columns has(columns);
    lines.push_back(headline(has));
    for (std::size_t i = 0; i != instruments_shown; ++i) {
        lines.push_back(
            instrument_line(i < m.top.size() ? m.top[i] : instrument_statistics(), has));
    }
    lines.emplace_back();
    lines.push_back(movers_line(m.movers, columns));
    p.footer = "  the figures of instruments are those of the last minute; Ctrl-C ends";
    if (p.footer.size() > columns) p.footer = "  figures: of the last minute; Ctrl-C ends";
    return p;
}

}  // namespace weir_enrich
