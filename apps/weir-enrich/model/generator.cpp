#include "generator.hpp"

#include <weir-enrich/model/row_rules.hpp>

#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

namespace weir_enrich {

namespace {

constexpr std::int64_t first_event = 1'767'225'600'000'000'000;  // 2026-01-01, 00:00 UTC

struct currency {
    std::string_view name;
    double to_base;
};
constexpr std::array<currency, 6> currencies{
    {{"USD", 1}, {"EUR", 1.08}, {"GBP", 1.27}, {"JPY", 0.0067}, {"CHF", 1.12}, {"SEK", 0.095}}};

struct tier {
    std::string_view name;
    double fee_rate;
};
constexpr std::array<tier, 4> tiers{
    {{"bronze", 0.0012}, {"silver", 0.0008}, {"gold", 0.0005}, {"platinum", 0.0002}}};

constexpr std::array<std::string_view, 8> first_words{"Northern", "United", "Pacific", "Alpine",
                                                      "Global",   "Royal",  "First",   "Delta"};
constexpr std::array<std::string_view, 8> second_words{"Rail",   "Steel", "Foods",   "Energy",
                                                       "Optics", "Paper", "Bearing", "Shipping"};

/// Four letters, different for each of the first 456,976 numbers.
std::string symbol_of(std::uint32_t n) {
    std::string symbol(4, 'A');
    for (std::size_t i = symbol.size(); i-- != 0; n /= 26) {
        symbol[i] = static_cast<char>('A' + n % 26);
    }
    return symbol;
}

/// A rank from 0 to `n` - 1, with a frequency of about 1 / (rank + 1).
std::uint32_t ranked(dice& d, double log_of_n, std::uint32_t n) {
    const auto rank = static_cast<std::uint32_t>(std::exp(d.fraction() * log_of_n)) - 1;
    return rank < n ? rank : n - 1;
}

}  // namespace

trade_generator::trade_generator(std::uint64_t seed, std::int64_t gap) : dice_(seed), gap_(gap) {}

trade trade_generator::next() {
    static const double log_instruments = std::log(built_in_instruments + 1.0);
    static const double log_accounts = std::log(built_in_accounts + 1.0);
    trade t;
    t.trade_id = made_ + 1;
    t.instrument_id = ranked(dice_, log_instruments, built_in_instruments);
    t.user_id = ranked(dice_, log_accounts, built_in_accounts);
    const std::uint64_t more = dice_.next();
    // Around a base price of the instrument, in cents.
    const std::uint32_t usual = 1'000 + t.instrument_id * 7919 % 40'000;
    t.price = static_cast<double>(usual + more % 101) / 100;
    t.quantity = static_cast<std::uint32_t>(1 + (more >> 16) % 500);
    t.side = (more >> 40) % 2 == 0 ? side::buy : side::sell;
    t.event_time = first_event + static_cast<std::int64_t>(made_) * gap_;
    ++made_;
    return t;
}

std::shared_ptr<instrument_table> make_instruments(std::uint64_t seed, string_pool& strings) {
    auto table = std::make_shared<instrument_table>();
    table->reserve(built_in_instruments);
    dice d(seed);
    for (std::uint32_t i = 0; i != built_in_instruments; ++i) {
        instrument made;
        made.instrument_id = i;
        made.symbol = strings.intern(symbol_of(i));
        std::string name(first_words[d.below(first_words.size())]);
        name += ' ';
        name += second_words[d.below(second_words.size())];
        made.name = strings.intern(name);
        made.currency = strings.intern(currencies[d.below(currencies.size())].name);
        made.tick_size = 0.01;
        made.rate_key = key_of(made.currency);
        table->insert_or_assign(i, made);
    }
    return table;
}

std::shared_ptr<account_table> make_accounts(std::uint64_t seed, string_pool& strings) {
    auto table = std::make_shared<account_table>();
    table->reserve(built_in_accounts);
    dice d(seed);
    for (std::uint32_t i = 0; i != built_in_accounts; ++i) {
        account made;
        made.user_id = i;
        const std::string name = "user " + std::to_string(i);
        made.name = name;
        table->insert_or_assign(i, changed_account(std::move(made), d, strings));
    }
    return table;
}

std::shared_ptr<rate_table> make_rates(string_pool& strings) {
    auto table = std::make_shared<rate_table>();
    for (const auto& c : currencies) {
        rate made{c.name, c.to_base};
        own_strings(made, strings);
        table->insert_or_assign(key_of(c.name), std::move(made));
    }
    return table;
}

account changed_account(account a, dice& d, string_pool& strings) {
    const tier& t = tiers[d.below(tiers.size())];
    a.tier = t.name;
    a.fee_rate = t.fee_rate;
    own_strings(a, strings);
    return a;
}

}  // namespace weir_enrich
