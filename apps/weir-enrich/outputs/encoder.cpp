#include "encoder.hpp"

#include <weir/codec/frame_write.hpp>
#include <weir/codec/json_write.hpp>

#include <fmt/format.h>
#include <shared/printable.hpp>
#include <weir-enrich/endpoints/csv_fields.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

namespace weir_enrich {

namespace {

void append_row(std::string& to, const enriched_trade& t) {
    // Made printable, because a terminal would obey control characters in the tables.
    std::array<std::string, 5> memory;
    auto shown = [&memory, i = std::size_t{0}](std::string_view text) mutable {
        return weir_apps::printable(text, memory[i++]);
    };
    const auto symbol = shown(t.symbol);
    const auto name = shown(t.instrument_name);
    const auto currency = shown(t.currency);
    const auto account = shown(t.account_name);
    const auto tier = shown(t.tier);
    fmt::format_to(std::back_inserter(to),
                   "{:>10}  {:<8}  {:<20.20}  {:<4}  {:>7}  {:>12.4f} {:<3}  {:>14.2f}  {:>10.4f}  "
                   "{:<16.16}  {:<10.10}\n",
                   t.trade_id, symbol, name, t.side == side::buy ? "buy" : "sell", t.quantity,
                   t.price, currency, t.notional, t.fee, account, tier);
}

void append(std::string& to, format f, const enriched_trade& t) {
    switch (f) {
        case format::csv:
            return append_csv_line(to, t);
        case format::json_lines:
            return weir::codec::append_json_line(to, t);
        case format::frames:
            return weir::codec::append_frame(to, t);
        case format::table:
            return append_row(to, t);
    }
}

// The limit keeps one trade with very long strings from making all chunks large.
constexpr std::size_t most_room = std::size_t{256} << 10;

/// Reserves memory for a full chunk and touches it now, so that memory use does not grow later.
void make_room(std::string& bytes, std::size_t size) {
    if (bytes.capacity() >= size) return;
    bytes.resize(size);
    bytes.clear();
}

}  // namespace

shared_chunk encoder::operator()(owned_chunk chunk) {
    chunk->bytes.resize(formats_.size());
    for (std::size_t i = 0; i != formats_.size(); ++i) {
        std::string& bytes = chunk->bytes[i];
        make_room(bytes, std::min(largest_[i] * chunk->trades.capacity(), most_room));
        for (const enriched_trade& t : chunk->trades) {
            const std::size_t before = bytes.size();
            append(bytes, formats_[i], t);
            largest_[i] = std::max(largest_[i], bytes.size() - before);
        }
    }
    return chunk;
}

std::vector<format> formats_of(const std::vector<endpoint>& endpoints) {
    std::vector<format> formats;
    for (const endpoint& p : endpoints) {
        if (p.kind == endpoint_kind::sqlite) continue;
        if (std::ranges::find(formats, p.format) == formats.end()) formats.push_back(p.format);
    }
    return formats;
}

std::size_t format_index(format f, const std::vector<endpoint>& endpoints) {
    const auto formats = formats_of(endpoints);
    return static_cast<std::size_t>(std::ranges::find(formats, f) - formats.begin());
}

std::string header_of(format f) {
    if (f == format::csv) return csv_header<enriched_trade>();
    if (f != format::table) return {};
    return fmt::format(
        "{:>10}  {:<8}  {:<20}  {:<4}  {:>7}  {:>12} {:<3}  {:>14}  {:>10}  {:<16}  {:<10}\n",
        "trade", "symbol", "name", "side", "quantity", "price", "", "notional", "fee", "account",
        "tier");
}

}  // namespace weir_enrich
